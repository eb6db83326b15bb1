"""What is installed in .venv, step by step, so that a second start skips what is done and a changed lock file updates."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path


class Stamp:
    """A small JSON file in the environment: step name -> digest of what that step installed."""

    def __init__(self, venv: Path) -> None:
        self.file = venv / "studio-stamp.json"
        try:
            read = json.loads(self.file.read_text())
        except (OSError, ValueError):
            read = {}
        self.steps: dict[str, str] = read if isinstance(read, dict) else {}

    def has(self, name: str, digest: str) -> bool:
        return self.steps.get(name) == digest

    def set(self, name: str, digest: str) -> None:
        """Written at once and whole: a set-up that is interrupted goes on where it was."""
        self.steps[name] = digest
        temporary = self.file.with_suffix(".new")
        temporary.write_text(json.dumps(self.steps, indent=1, sort_keys=True))
        temporary.replace(self.file)


def digest_of(*parts: str | Path) -> str:
    """One digest of texts and the contents of files (a file that is missing counts as empty)."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part.read_bytes() if part.exists() else b""
        total.update(len(data).to_bytes(8, "big"))
        total.update(data)
    return total.hexdigest()


def interpreter() -> str:
    """What an environment is bound to: this Python's version and where it lives."""
    return f"{sys.implementation.name} {sys.version_info.major}.{sys.version_info.minor} {sys.base_prefix}"

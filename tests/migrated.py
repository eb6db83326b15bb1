"""A SQLite database with all migrations and no rows, made once: where one starts from a copy, it need not run them again."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = "STUDIO_TESTS_SHARED"
"""Names a folder of processes that test side by side; without it each has one of its own."""


def copy_to(file: Path, own: Path) -> None:
    """A copy at `file`. The first who asks makes the original, in the shared folder or in `own`; others wait for it."""
    folder = Path(os.environ.get(SHARED) or own)
    folder.mkdir(parents=True, exist_ok=True)
    original = folder / "migrated.sqlite3"
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not original.exists():
            _make(original)
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(original, file)


def _make(original: Path) -> None:
    with tempfile.TemporaryDirectory(dir=original.parent) as folder:
        env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"],
            cwd=ROOT,
            env={**env, "STUDIO_DATA": folder},
            check=True,
        )
        (Path(folder) / "studio.sqlite3").rename(original)

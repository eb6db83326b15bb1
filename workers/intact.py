"""Whether weights are still those that were installed: they are read through before a child first uses them."""

from __future__ import annotations

import time
from pathlib import Path

from generators.events import ToolError
from generators.lab import weights
from workers.messages import ModelPlace

Stamp = tuple[tuple[str, int, int, int], ...]
"""What tells that files were not written to since: name, size, time in ns and inode of each."""


class Intact:
    """Remembers what this child has found intact, so that a job pays for it once: again only when a file's stamp differs.

    Reading through takes about 0.8 s of one core a gigabyte, once the disk has given the bytes; loading reads the same ones.
    """

    def __init__(self) -> None:
        self._found: dict[str, Stamp] = {}

    def check(self, model: ModelPlace) -> float:
        """Seconds that it took. ToolError, which names the file and the way out, where the digest is another one."""
        began = time.monotonic()
        path = Path(model.covers)
        stamp = stamp_of(path)
        if self._found.get(model.digest) == stamp:
            return 0.0
        if weights.digest_of(path) != model.digest:
            raise ToolError(
                f"The weights of {model.name} on this machine ({path.name}) are not those that were installed: the"
                " file has been changed or damaged since. Remove the model on the Models page and install it again.",
                kind="weights-changed",
            )
        self._found[model.digest] = stamp
        return time.monotonic() - began


def stamp_of(path: Path) -> Stamp:
    """Of a model's file, or of each in its folder; empty where it has gone."""
    found = []
    for file in weights.model_files(path):
        facts = file.stat()
        found.append((str(file), facts.st_size, facts.st_mtime_ns, facts.st_ino))
    return tuple(found)

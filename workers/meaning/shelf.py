"""The vectors of all assets, held to be compared with one: each is, every time.

At 100,000 assets that takes 10 ms of processor time, at a million 100; it would break the time that a question has at
some two million, where an index that leaves most out would be due. Until then nothing is missed, nothing is tuned, and
an asset is found as soon as it is added. The vectors lie in a file that is mapped into memory, a byte a number.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generators.architectures.meaning import SIZE

Bytes = NDArray[np.int8]

FIRST = 4096
STEP = 1024  # rows compared at a time, which stay in the processor's cache as numbers
NOBODY = 0  # the number of a team that no asset has


def packed(vectors: NDArray[np.float32]) -> Bytes:
    """As bytes; the direction stays to a few thousandths."""
    most = np.abs(vectors).max(-1, keepdims=True)
    whole: Bytes = np.round(vectors * (127 / np.maximum(most, 1e-9))).astype(np.int8)
    return whole


class Shelf:
    """add(...) and nearest(...). Its file is made anew: the database's rows are what lasts."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.clear()

    def clear(self) -> None:
        """Hold nothing."""
        self.count = 0
        self._numbers: dict[str, int] = {}
        self._media: dict[str, int] = {"": 0}
        self._keys = np.zeros(FIRST, np.int64)
        self._teams = np.zeros(FIRST, np.uint32)
        self._of_medium = np.zeros(FIRST, np.uint8)
        self._lengths = np.ones(FIRST, np.float32)
        self._vectors = self._mapped(FIRST)

    def _mapped(self, rows: int) -> Bytes:
        """A file of so many rows under the name of the one before, which lives on while it is mapped."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.unlink(missing_ok=True)
        return np.memmap(self._file, np.int8, "w+", shape=(rows, SIZE))

    def _grow(self, rows: int) -> None:
        if rows <= len(self._keys):
            return
        room = max(rows, len(self._keys) * 3 // 2)
        held = self._vectors[: self.count]
        vectors = self._mapped(room)
        vectors[: self.count] = held
        self._vectors = vectors
        for name in ("_keys", "_teams", "_of_medium", "_lengths"):
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.zeros(room - len(old), old.dtype)]))

    def add(
        self, keys: list[int], teams: list[str], media: list[str], vectors: Bytes, *, new: bool = False
    ) -> None:
        """Hold these; a key that is held already gets the new vector. new: none is, so nobody need look."""
        if not new:
            there = np.isin(self._keys[: self.count], np.array(keys, np.int64))
            self._teams[: self.count][there] = NOBODY
        first, last = self.count, self.count + len(keys)
        self._grow(last)
        self._keys[first:last] = keys
        self._teams[first:last] = [self._numbers.setdefault(team, len(self._numbers) + 1) for team in teams]
        self._of_medium[first:last] = [self._media.setdefault(name, len(self._media)) for name in media]
        self._vectors[first:last] = vectors
        self._lengths[first:last] = np.linalg.norm(vectors.astype(np.float32), axis=1)
        self.count = last

    @property
    def held(self) -> int:
        """How many can be found."""
        return int(np.count_nonzero(self._teams[: self.count]))

    def nearest(
        self, vector: NDArray[Any], teams: list[str], medium: str, among: list[int] | None, most: int
    ) -> list[tuple[int, float]]:
        """(key, likeness) of the most alike, the most alike first; others' assets are not even looked at."""
        n = self.count
        numbers = [self._numbers[team] for team in teams if team in self._numbers]
        meant = np.isin(self._teams[:n], numbers)
        if medium:
            meant &= self._of_medium[:n] == self._media.get(medium, 255)
        if among is not None:
            meant &= np.isin(self._keys[:n], np.array(among, np.int64))
        places = np.flatnonzero(meant)
        asked = vector.astype(np.float32)
        asked /= max(float(np.linalg.norm(asked)), 1e-9)
        likeness = np.empty(len(places), np.float32)
        for start in range(0, len(places), STEP):
            some = places[start : start + STEP]
            likeness[start : start + STEP] = self._vectors[some].astype(np.float32) @ asked
        likeness /= np.maximum(self._lengths[places], 1e-9)
        if len(places) > most:
            best = np.argpartition(likeness, len(places) - most)[len(places) - most :]
            places, likeness = places[best], likeness[best]
        order = np.argsort(-likeness, kind="stable")
        return [(int(self._keys[places[at]]), round(float(likeness[at]), 4)) for at in order]

"""Resident memory of a studio's processes, by part."""

from __future__ import annotations

import contextlib
import statistics
import threading
import time
from typing import Any

import psutil

from tests.stack import Stack

MB = 1e6


def children(stack: Stack) -> dict[int, int]:
    """Bytes by process id of each generation process."""
    found = {}
    for process in psutil.Process(stack.pid("worker")).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "workers.child" in process.cmdline():
                found[process.pid] = int(process.memory_info().rss)
    return found


def held_together(stack: Stack) -> int:
    """Bytes that the generation processes hold, each page once: torch's libraries are in all of them and lie in memory once (PSS)."""
    total = 0
    for pid in children(stack):
        with contextlib.suppress(psutil.Error):
            total += int(psutil.Process(pid).memory_full_info().pss)
    return total


def of_parts(stack: Stack, *, seconds: float = 2.0) -> dict[str, float]:
    """Megabytes of "web", "worker" and "children" (together), the median of a few looks."""
    looks: list[dict[str, float]] = []
    until = time.monotonic() + seconds
    while not looks or time.monotonic() < until:
        looks.append(
            {part: psutil.Process(stack.pid(part)).memory_info().rss / MB for part in ("web", "worker")}
            | {"children": sum(children(stack).values()) / MB}
        )
        time.sleep(0.2)
    return {part: statistics.median(look[part] for look in looks) for part in looks[0]}


class Watched:
    """`with Watched(stack) as seen`: the most that all generation processes held at once, in bytes, in seen.most."""

    EVERY_S = 0.1

    def __init__(self, stack: Stack) -> None:
        self.stack, self.most, self.looks = stack, 0, 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while not self._over.wait(self.EVERY_S):
            self.most = max(self.most, held_together(self.stack))
            self.looks += 1

    def __enter__(self) -> Watched:
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._over.set()
        self._thread.join()

"""Says things to Redis beside the work: nobody who stores, answers or computes ever waits for it.

What is said here may be lost: bells are rung again by the sweeper, feeds are read from the database once a second.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable

log = logging.getLogger(__name__)

MOST_WAITING = 1000


class Aside:
    """One thread that makes calls in order. Of calls with one key only the newest waits; too many are dropped."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, Callable[[], object]] = {}
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None

    def say(self, key: Hashable, call: Callable[[], object]) -> None:
        """Make the call soon, on the thread; what it raises is no error."""
        with self._wake:
            if key in self._waiting or len(self._waiting) < MOST_WAITING:
                self._waiting[key] = call
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._speak, name="aside", daemon=True)
                self._thread.start()
            self._wake.notify()
        time.sleep(0)  # lets the thread have the interpreter now, not at the next switch

    def _speak(self) -> None:
        while True:
            with self._wake:
                while not self._waiting:
                    self._wake.wait()
                call = self._waiting.pop(next(iter(self._waiting)))
            try:
                call()
            except (
                Exception
            ) as error:  # redis, kombu and socket errors alike: none of them may end the thread
                log.debug("aside: %s", error)


say = Aside().say
"""The process's own."""

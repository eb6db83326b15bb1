"""Makes an iterator that can be closed out of a library that only takes callbacks.

A diffusers pipeline is one long call that reports each step to a callback. `steps` runs such a call in a thread and
yields what it reports; the call waits until each report has been taken, so nothing piles up. Closing the iterator
makes the next report raise inside the call, which ends it within one step.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator
from typing import Generic, TypeVar

R = TypeVar("R")
V = TypeVar("V")


class Closed(BaseException):
    """Raised by a report after the iterator was closed. Not an Exception, so no library swallows it."""


class _Ended(Generic[V]):
    """The call's last word: its value or what it raised."""

    def __init__(self, value: V | None = None, error: BaseException | None = None) -> None:
        self.value, self.error = value, error


def steps(call: Callable[[Callable[[R], None]], V]) -> Generator[R, None, V]:
    """Yield what `call(report)` reports; the generator's value (of `yield from`) is what the call returns.

    What the call raises is raised here. When the generator is closed, the call's next `report` raises `Closed`, and
    closing waits until the call has ended.
    """
    inbox: queue.Queue[tuple[R] | _Ended[V]] = queue.Queue()
    taken = threading.Semaphore(0)
    closed = threading.Event()

    def report(item: R) -> None:
        if closed.is_set():
            raise Closed
        inbox.put((item,))
        taken.acquire()
        if closed.is_set():
            raise Closed

    def run() -> None:
        try:
            inbox.put(_Ended(value=call(report)))
        except BaseException as error:
            inbox.put(_Ended(error=error))

    thread = threading.Thread(target=run, name="bridge", daemon=True)
    thread.start()
    try:
        while True:
            item = inbox.get()
            if isinstance(item, _Ended):
                if item.error is not None:
                    raise item.error
                return item.value  # type: ignore[return-value]  # no error: the call returned it
            yield item[0]
            taken.release()
    finally:
        closed.set()
        taken.release()
        thread.join()

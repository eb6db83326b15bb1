"""bridge.steps: a call with callbacks as an iterator that can be closed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator

import pytest

from generators import bridge


def counting(report: Callable[[int], None]) -> str:
    for number in range(5):
        report(number)
    return "done"


def test_it_works() -> None:
    ends: list[str] = []

    def outer() -> Generator[int, None, None]:
        ends.append((yield from bridge.steps(counting)))

    assert list(outer()) == [0, 1, 2, 3, 4]
    assert ends == ["done"]


def test_the_call_waits_for_its_reader() -> None:
    reached = []

    def call(report: Callable[[int], None]) -> None:
        for number in range(3):
            reached.append(number)
            report(number)

    run = bridge.steps(call)
    next(run)
    assert reached == [0]
    assert list(run) == [1, 2]


def test_closing_ends_the_call() -> None:
    ended = threading.Event()

    def call(report: Callable[[int], None]) -> None:
        try:
            for number in range(1000):
                report(number)
        finally:
            ended.set()

    run = bridge.steps(call)
    assert [next(run), next(run)] == [0, 1]
    run.close()
    assert ended.is_set()


def test_errors_come_through() -> None:
    def call(report: Callable[[int], None]) -> None:
        report(1)
        raise ValueError("no more paint")

    run = bridge.steps(call)
    assert next(run) == 1
    with pytest.raises(ValueError, match="no more paint"):
        next(run)

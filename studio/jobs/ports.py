"""What the sweeper does for apps above this one, which it may not import, and who hears that a job has ended. They
plug themselves in when they start."""

from __future__ import annotations

from collections.abc import Callable

from studio.jobs.models import Job

_minutely: list[Callable[[], object]] = []
_beside: list[Callable[[], object]] = []
_ended: list[Callable[[Job], object]] = []


def every_minute(call: Callable[[], object]) -> None:
    """Have the sweeper call it about once a minute. Called once by each app that wants to. What it has done it notes in
    the database: the sweeper may be killed at any moment, and there may be two."""
    if call not in _minutely:
        _minutely.append(call)


def minute() -> None:
    """Call all of them."""
    for call in _minutely:
        call()


def beside(call: Callable[[], object]) -> None:
    """Have the sweeper's process call it as it starts: for threads of an app's own that may wait for others' machines."""
    if call not in _beside:
        _beside.append(call)


def begin() -> None:
    """Call all of those."""
    for call in _beside:
        call()


def when_ended(call: Callable[[Job], object]) -> None:
    """Have it hear of every single job that has come to its final state, inside the transaction in which it does: what
    it stores there is there if and only if the job has ended. It raises nothing but what the database raises."""
    if call not in _ended:
        _ended.append(call)


def tell_ended(job: Job) -> None:
    """Tell all of those; the last thing in the transaction."""
    for call in _ended:
        call(job)

"""record: numbers without gaps, and nothing from an attempt that no longer owns its job."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from studio.feeds.read import after
from studio.jobs import actions
from studio.jobs.actions import Slot, claim, hand_back, record
from studio.jobs.events import Fenced
from studio.jobs.models import Job


def claimed(submit: Callable[..., Job], slot: Slot) -> Job:
    submit()
    job = claim(slot)
    assert job is not None
    return job


def test_it_works(submit: Callable[..., Job], slot: Slot) -> None:
    job = claimed(submit, slot)
    assert record(job, "progress", {"step": 1, "total": 4, "progress": 0.25, "eta_s": 3.0}) == 3
    assert record(job, "token", {"text": "hello"}) == 4
    events = after(f"job:{job.pk}", 0)
    assert [e["n"] for e in events] == [1, 2, 3, 4]
    assert [e["attempt"] for e in events] == [0, 1, 1, 1]
    job.refresh_from_db()
    assert (job.progress, job.eta_s, job.last_n) == (0.25, 3.0, 4)


def test_a_zombie_writes_nothing(submit: Callable[..., Job], slot: Slot) -> None:
    zombie = claimed(submit, slot)
    hand_back(zombie, reason="its lease ended", crashed=True)
    second = claim(slot)
    assert second is not None
    assert second.attempt == 2
    with pytest.raises(Fenced):
        record(zombie, "token", {"text": "boo"})
    with pytest.raises(Fenced):
        actions.beat(zombie)
    with pytest.raises(Fenced):
        actions.finish(zombie, state="succeeded")
    assert [e["n"] for e in after(f"job:{second.pk}", 0)] == list(range(1, second.last_n + 1))


def test_after_the_end_nothing_is_recorded(submit: Callable[..., Job], slot: Slot) -> None:
    job = claimed(submit, slot)
    actions.finish(job, state="succeeded")
    with pytest.raises(Fenced):
        record(job, "token", {"text": "late"})
    final = [e for e in after(f"job:{job.pk}", 0) if e.get("final")]
    assert len(final) == 1, "exactly one final state"

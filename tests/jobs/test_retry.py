"""retry: the same again, as a new job."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from studio.jobs import actions
from studio.jobs.actions import Slot, claim
from studio.jobs.models import Job
from studio.teams.models import User
from studio.teams.rights import Actor, NotThere


def test_it_works(submit: Callable[..., Job], slot: Slot, bob: User) -> None:
    submit()
    job = claim(slot)
    assert job is not None
    actions.finish(job, state="failed", error={"kind": "tool", "message": "no", "retryable": True})
    again = actions.retry(actor=Actor.of(bob), job=job)
    assert again.pk != job.pk
    assert (again.retry_of, again.inputs, again.state, again.attempt) == (job, job.inputs, "queued", 0)


def test_who_may_not(submit: Callable[..., Job], charlie: User) -> None:
    with pytest.raises(NotThere):
        actions.retry(actor=Actor.of(charlie), job=submit())


def test_a_batchs_failed_ones_are_retried_once_within_it(slot: Slot, bob: User) -> None:
    actor = Actor.of(bob)
    batch = actions.submit_batch(actor=actor, tool="test.paint", inputs={"prompt": "x"}, count=3)
    for _ in range(2):
        job = claim(slot)
        assert job is not None
        actions.finish(job, state="failed", error={"kind": "tool", "message": "no", "retryable": True})
    again = actions.retry_failed(actor=actor, batch=batch)
    assert sorted(job.batch_index for job in again) == [0, 1]
    assert actions.retry_failed(actor=actor, batch=batch) == []

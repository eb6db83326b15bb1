"""cancel: a waiting job at once, a running one at its next yield, an ended one not at all; this job only."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from studio.jobs import actions
from studio.jobs.actions import Slot, claim
from studio.jobs.models import Job
from studio.teams.models import User
from studio.teams.rights import Actor, NotAllowed, NotThere


def test_it_works_on_a_waiting_job(submit: Callable[..., Job], slot: Slot, bob: User) -> None:
    first, second = submit(), submit()
    assert actions.cancel(actor=Actor.of(bob), job=first).state == "cancelled"
    taken = claim(slot)
    assert taken is not None
    assert taken.pk == second.pk
    assert not taken.cancel_asked


def test_a_running_job_is_asked_to_stop(submit: Callable[..., Job], slot: Slot, bob: User) -> None:
    submit()
    job = claim(slot)
    assert job is not None
    assert actions.cancel(actor=Actor.of(bob), job=job).state == "running"
    assert actions.beat(job) is True


def test_nothing_changes_after_the_end(submit: Callable[..., Job], slot: Slot, bob: User) -> None:
    submit()
    job = claim(slot)
    assert job is not None
    actions.finish(job, state="succeeded")
    ended = actions.cancel(actor=Actor.of(bob), job=job)
    assert (ended.state, ended.cancel_asked) == ("succeeded", False)


def test_a_cancelled_job_that_crashes_is_cancelled_not_run_again(
    submit: Callable[..., Job], slot: Slot, bob: User
) -> None:
    submit()
    job = claim(slot)
    assert job is not None
    actions.cancel(actor=Actor.of(bob), job=job)
    actions.hand_back(job, reason="killed", crashed=True)
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_who_may_not(
    submit: Callable[..., Job], alice: User, charlie: User, join: Callable[[str, str], User]
) -> None:
    job = submit()
    with pytest.raises(NotThere):
        actions.cancel(actor=Actor.of(charlie), job=job)
    with pytest.raises(NotAllowed):
        actions.cancel(actor=Actor.of(join("Dora", "creator")), job=job)
    assert actions.cancel(actor=Actor.of(alice), job=job).state == "cancelled"

"""move: the order among one person's waiting jobs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from studio.jobs import actions
from studio.jobs.actions import Slot, claim
from studio.jobs.models import Job
from studio.problems import Conflict
from studio.teams.models import User
from studio.teams.rights import Actor, NotAllowed, NotThere


def test_it_works(submit: Callable[..., Job], slot: Slot, bob: User) -> None:
    first, second, third = submit(), submit(), submit()
    actor = Actor.of(bob)
    actions.move(actor=actor, job=third, before=first)
    actions.move(actor=actor, job=first, before=None)
    order = [job.pk for job in (claim(slot) for _ in range(3)) if job is not None]
    assert order == [third.pk, second.pk, first.pk]


def test_only_among_ones_own(submit: Callable[..., Job], alice: User, bob: User, charlie: User) -> None:
    mine, hers = submit(user=bob), submit(user=alice)
    with pytest.raises(Conflict):
        actions.move(actor=Actor.of(bob), job=mine, before=hers)
    with pytest.raises(NotAllowed):
        actions.move(actor=Actor.of(bob), job=hers)
    with pytest.raises(NotThere):
        actions.move(actor=Actor.of(charlie), job=mine)


def test_a_job_that_runs_cannot_be_moved(submit: Callable[..., Job], slot: Slot, bob: User) -> None:
    submit()
    job = claim(slot)
    assert job is not None
    with pytest.raises(Conflict):
        actions.move(actor=Actor.of(bob), job=job)

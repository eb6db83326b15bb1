"""Random moments (a thousand behind the mark soak) at the edge between two jobs of one slot: a cancel of the first never touches the second.

The moment is a statement of the slot's: before it, and outside any transaction of its own, somebody else cancels, as
another process could. Inside a transaction of the slot nobody else can write to its rows.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import copy
from typing import Any

import pytest
from django.db import connection, transaction

from studio.jobs import actions
from studio.jobs.actions import Slot, claim
from studio.jobs.events import Fenced
from studio.jobs.models import FINAL, Attempt, Job
from studio.teams.models import User
from studio.teams.rights import Actor


class Moment:
    """Counts the slot's statements; at number `at`, or at the next one outside its transactions, calls `act` once."""

    def __init__(self, at: int, act: Callable[[], object]) -> None:
        self.at, self.act, self.count = at, act, 0
        self.depth = len(connection.savepoint_ids)
        self.acting = self.done = False

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        if not self.acting:
            self.count += 1
            outside = len(connection.savepoint_ids) == self.depth and "SAVEPOINT" not in sql
            if not self.done and outside and self.count >= self.at:
                self.acting = self.done = True
                self.act()
                self.acting = False
        return execute(sql, *rest)


def work(job: Job) -> None:
    """What a slot does with a claimed job: it beats, tells, beats, ends."""
    try:
        if actions.beat(job):
            return actions.finish(job, state="cancelled")
        actions.record(job, "progress", {"progress": 0.5})
        if actions.beat(job):
            return actions.finish(job, state="cancelled")
        actions.finish(job, state="succeeded")
    except Fenced:
        raise AssertionError("a cancel took the job away from its attempt") from None


@pytest.mark.parametrize("moments", [80, pytest.param(1000, marks=pytest.mark.soak)])
def test_it_touches_its_own_job_only(moments: int, submit: Callable[..., Job], slot: Slot, bob: User) -> None:
    first, second = submit(), submit()
    actor = Actor.of(bob)
    held = claim(slot)
    assert held is not None
    assert held.pk == first.pk

    def life() -> None:
        """The first job, which runs, to its end; then the next one."""
        work(copy(held))
        job = claim(slot)
        assert job is not None
        work(job)

    def lived(at: int) -> tuple[int, str]:
        """Once through with the cancel at `at`, then as if nothing had been; (statements, the first one's state)."""
        moment = Moment(at, lambda: actions.cancel(actor=actor, job=Job.objects.get(pk=first.pk)))
        with transaction.atomic():
            moment.depth = len(connection.savepoint_ids)
            with connection.execute_wrapper(moment):
                life()
            rows = {job.pk: job for job in Job.objects.filter(pk__in=[first.pk, second.pk])}
            assert rows[first.pk].state in FINAL
            other = rows[second.pk]
            assert (other.state, other.attempt, other.cancel_asked) == ("succeeded", 1, False)
            assert not Attempt.objects.filter(ended_at=None).exists()
            transaction.set_rollback(True)
        return moment.count, rows[first.pk].state

    statements, state = lived(10**9)
    assert state == "succeeded"
    dice = random.Random(moments)
    ends = [lived(dice.randint(1, statements))[1] for _ in range(moments)]
    assert {"cancelled", "succeeded"} == set(ends), "the moments lie on both sides of the edge"

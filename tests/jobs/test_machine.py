"""The life of jobs as a model: any order of submit, claim, beat, pause, crash, cancel, retry, sweep keeps the promises.

The model is what a person may rely on, kept in plain Python beside the rows: which jobs there are, who holds which
attempt, who was asked to stop. After every step the rows must agree with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from generators.registry import tools
from studio.clock import db_now
from studio.feeds.models import Event
from studio.jobs import actions
from studio.jobs.actions import Slot, claim
from studio.jobs.actions.finish import CRASHES_ALLOWED
from studio.jobs.events import Fenced
from studio.jobs.models import FINAL, Attempt, Job, Node
from studio.jobs.sweeper import put_back_lost
from studio.teams.actions import create_team, create_user
from studio.teams.models import Team, User
from studio.teams.rights import Actor

GIB = 2**30


@dataclass
class Known:
    """What the model knows of a job."""

    state: str = "queued"
    attempt: int = 0
    crashes: int = 0
    asked: bool = False
    events: int = 1


class Life(RuleBasedStateMachine):
    """`held`: attempts as their workers hold them, those that have lost their job (zombies) included."""

    jobs = Bundle("jobs")
    held = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        self._savepoint = transaction.atomic()
        self._savepoint.__enter__()
        self.known: dict[Any, Known] = {}
        self.team: Team
        self.user: User

    @initialize()
    def people(self) -> None:
        self.user = create_user(email="mia@example.org", name="Mia")
        self.team = create_team(actor=Actor.of(self.user), name="Model")
        Node.objects.create(
            name="juniper",
            device="cpu",
            cores=2,
            memory_bytes=8 * GIB,
            lanes=["make"],
            tools={tool.name: tool.version for tool in tools().values()},
        )

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._savepoint.__exit__(None, None, None)

    # What people do

    @rule(target=jobs)
    def submit(self) -> Any:
        job = actions.submit(
            actor=Actor.of(self.user), tool="test.paint", inputs={"prompt": "x"}, team=self.team
        )
        self.known[job.pk] = Known()
        return job.pk

    @rule(job=jobs)
    def cancel(self, job: Any) -> None:
        known = self.known[job]
        ended = actions.cancel(actor=Actor.of(self.user), job=Job.objects.get(pk=job))
        if known.state == "queued":
            known.state, known.events = "cancelled", known.events + 1
        elif known.state == "running":
            known.asked = True
        assert ended.state == known.state

    @rule(target=jobs, job=jobs)
    def retry(self, job: Any) -> Any:
        again = actions.retry(actor=Actor.of(self.user), job=Job.objects.get(pk=job))
        self.known[again.pk] = Known()
        assert again.retry_of_id == job
        return again.pk

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        Node.objects.update(paused=paused)

    # What workers do

    @rule(target=held)
    def claim(self) -> Any:
        slot = Slot(node="juniper", name="make-0", lane="make", memory_bytes=8 * GIB)
        job = claim(slot)
        waiting = [key for key, known in self.known.items() if known.state == "queued"]
        if Node.objects.get().paused or not waiting:
            assert job is None, "a paused node, or an empty queue, gives nothing"
            return None
        assert job is not None, "a job waits and the node is free"
        known = self.known[job.pk]
        assert known.state == "queued", "nobody gets a job that another has"
        known.state, known.attempt, known.events = "running", known.attempt + 1, known.events + 1
        assert job.attempt == known.attempt
        return job

    def _owns(self, job: Job) -> bool:
        known = self.known[job.pk]
        return known.state == "running" and known.attempt == job.attempt

    @rule(job=held)
    def beat(self, job: Job | None) -> None:
        if job is None:
            return
        if self._owns(job):
            assert actions.beat(job) is self.known[job.pk].asked
        else:
            with pytest.raises(Fenced):
                actions.beat(job)

    @rule(job=held, share=st.floats(0, 1))
    def record(self, job: Job | None, share: float) -> None:
        if job is None:
            return
        if self._owns(job):
            self.known[job.pk].events += 1
            assert actions.record(job, "progress", {"progress": share}) == self.known[job.pk].events
        else:
            with pytest.raises(Fenced):
                actions.record(job, "progress", {"progress": share})

    @rule(job=held, state=st.sampled_from(["succeeded", "failed", "cancelled"]))
    def finish(self, job: Job | None, state: str) -> None:
        if job is None:
            return
        if self._owns(job):
            actions.finish(job, state=state, error={"message": "no"} if state == "failed" else None)
            self.known[job.pk].state = state
            self.known[job.pk].events += 1
        else:
            with pytest.raises(Fenced):
                actions.finish(job, state=state)

    @rule(job=held, crashed=st.booleans())
    def hand_back(self, job: Job | None, crashed: bool) -> None:
        """The worker stops, or its child has died."""
        if job is None:
            return
        if self._owns(job):
            actions.hand_back(job, reason="test", crashed=crashed)
            self._given_back(job.pk, crashed)
        else:
            with pytest.raises(Fenced):
                actions.hand_back(job, reason="test", crashed=crashed)

    def _given_back(self, key: Any, crashed: bool) -> None:
        known = self.known[key]
        known.crashes += crashed
        known.events += 1
        if crashed and known.crashes >= CRASHES_ALLOWED:
            known.state = "failed"
        else:
            known.state = "cancelled" if known.asked else "queued"

    @rule(job=held)
    def lease_ends(self, job: Job | None) -> None:
        """The worker is stopped, or its machine is gone: it beats no more. It may wake later."""
        if job is not None:
            Attempt.objects.filter(job=job.pk, number=job.attempt).update(
                lease_until=db_now() - timedelta(seconds=1)
            )

    @rule()
    def sweep(self) -> None:
        lost = Attempt.objects.filter(ended_at=None, lease_until__lt=db_now()).values_list("job", "number")
        hit = [key for key, number in lost if self.known[key].attempt == number]
        assert put_back_lost() == len(hit)
        for key in hit:
            self._given_back(key, True)
        assert put_back_lost() == 0

    # What always holds

    @invariant()
    def rows_agree(self) -> None:
        for job in Job.objects.filter(pk__in=self.known):
            known = self.known[job.pk]
            assert (job.state, job.attempt, job.crashes) == (known.state, known.attempt, known.crashes)
            assert job.last_n == known.events
            assert (job.finished_at is not None) == (job.state in FINAL)

    @invariant()
    def events_have_no_gaps_and_one_end(self) -> None:
        rows = Event.objects.filter(feed__startswith="job:").order_by("feed", "n")
        by_feed: dict[str, list[Event]] = {}
        for event in rows:
            by_feed.setdefault(event.feed, []).append(event)
        for key, known in self.known.items():
            events = by_feed[f"job:{key}"]
            assert [event.n for event in events] == list(range(1, known.events + 1))
            finals = [event for event in events if event.data.get("final")]
            assert len(finals) == (known.state in FINAL)
            assert not finals or finals[0] is events[-1]
            assert [event.attempt for event in events] == sorted(event.attempt for event in events)

    @invariant()
    def one_attempt_is_open_where_one_runs(self) -> None:
        open_rows = dict(Attempt.objects.filter(ended_at=None).values_list("job", "number"))
        running = {key: known.attempt for key, known in self.known.items() if known.state == "running"}
        assert open_rows == running


@pytest.mark.parametrize("walks", [20, pytest.param(50, marks=pytest.mark.slow)])
def test_any_order_keeps_the_promises(walks: int, db: None) -> None:
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=walks,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

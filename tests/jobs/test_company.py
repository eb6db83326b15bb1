"""company: who runs in one go with a job that was claimed, and what a crash in company counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from studio.clock import db_now
from studio.jobs import actions
from studio.jobs.actions import Slot, claim
from studio.jobs.actions.company import company, counted
from studio.jobs.models import Attempt, FairShare, Job, Node
from studio.teams.models import User
from studio.teams.rights import Actor


@pytest.fixture
def sing(submit: Callable[..., Job], node: Node) -> Callable[..., Job]:
    """A song of Bob's; the node knows that one takes a second."""
    Node.objects.filter(pk=node.pk).update(speeds={"test.sing|": 1.0})

    def make(prompt: str = "a song", **more: object) -> Job:
        return submit("test.sing", prompt=prompt, **more)

    return make


def go(slot: Slot) -> list[Job]:
    lead = claim(slot)
    assert lead is not None
    jobs = [lead, *company(lead, slot)]
    counted(jobs)
    return jobs


def test_it_works(sing: Callable[..., Job], slot: Slot) -> None:
    asked = [sing(f"song {n}") for n in range(6)]
    jobs = go(slot)
    assert [job.pk for job in jobs] == [job.pk for job in asked[:4]], (
        "as many as the tool's table says, in order"
    )
    assert {(job.state, job.attempt) for job in jobs} == {("running", 1)}
    assert list(Attempt.objects.values_list("together", "slot").distinct()) == [(4, slot.name)]
    assert len(go(slot)) == 2
    assert claim(slot) is None


def test_only_what_is_alike_and_next_in_line(
    sing: Callable[..., Job], submit: Callable[..., Job], slot: Slot, alice: User
) -> None:
    sing("one", seed=1)
    submit("test.sing", user=alice, prompt="another person's")
    sing("two", seed=2)
    other = sing("three", steps=9)
    sing("four")
    assert [job.title for job in go(slot)] == ["another person's"], "who joins goes first"
    assert [job.title for job in go(slot)] == ["one", "two"]
    assert [job.pk for job in go(slot)] == [other.pk]


def test_a_tool_that_says_nothing_runs_alone(submit: Callable[..., Job], slot: Slot) -> None:
    for _ in range(2):
        submit()
    assert len(go(slot)) == 1


def test_not_before_it_is_known_how_long_one_takes(sing: Callable[..., Job], slot: Slot, node: Node) -> None:
    for _ in range(4):
        sing()
    Node.objects.filter(pk=node.pk).update(speeds={})
    assert len(go(slot)) == 1
    Node.objects.filter(pk=node.pk).update(speeds={"test.sing|": 1 / 4.9})
    assert len(go(slot)) == 2, "whoever comes meanwhile waits ten seconds at most"


def test_a_crash_in_company_counts_for_nobody(sing: Callable[..., Job], slot: Slot) -> None:
    for _ in range(3):
        sing()
    for job in go(slot):
        actions.hand_back(job, reason="It was killed.", crashed=True)
    assert set(Job.objects.values_list("state", "crashes")) == {("queued", 0)}
    for _ in range(2):
        (alone,) = go(slot)
        actions.hand_back(alone, reason="It was killed.", crashed=True)
        alone.refresh_from_db()
    assert (alone.state, alone.crashes) == ("queued", 2)
    (alone,) = go(slot)
    actions.hand_back(alone, reason="It was killed.", crashed=True)
    alone.refresh_from_db()
    assert (alone.state, alone.crashes) == ("failed", 3)


def test_each_pays_its_share(sing: Callable[..., Job], slot: Slot, bob: User) -> None:
    for _ in range(4):
        sing()
    jobs = go(slot)
    assert FairShare.objects.get(user=bob).used == pytest.approx(4)
    Attempt.objects.update(started_at=db_now() - timedelta(seconds=2))
    for job in jobs:
        actions.finish(job, state="succeeded")
    assert FairShare.objects.get(user=bob).used == pytest.approx(2, abs=0.2), (
        "two seconds for the four of them"
    )


def test_a_batch_and_single_jobs_do_not_mix(sing: Callable[..., Job], slot: Slot, bob: User) -> None:
    batch = actions.submit_batch(
        actor=Actor.of(bob), tool="test.sing", inputs={"prompt": "x"}, count=3, team=sing().team
    )
    assert [job.batch_id for job in go(slot)] == [None]
    assert [job.batch_id for job in go(slot)] == [batch.pk] * 3

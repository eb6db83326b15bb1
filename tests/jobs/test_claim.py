"""claim: in which order, what not, and one job to one slot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from studio.jobs import actions, fairshare
from studio.jobs.actions import Slot, claim
from studio.jobs.models import Attempt, FairShare, Job, Node
from studio.teams.models import Team, User
from studio.teams.rights import Actor


def test_it_works(submit: Callable[..., Job], slot: Slot) -> None:
    asked = submit()
    job = claim(slot)
    assert job is not None
    assert (job.pk, job.state, job.attempt, job.node) == (asked.pk, "running", 1, slot.node)
    assert Attempt.objects.get().slot == slot.name
    assert claim(slot) is None


def test_nothing_runs_on_a_paused_or_unknown_node(submit: Callable[..., Job], slot: Slot) -> None:
    submit()
    assert claim(replace(slot, node="elsewhere")) is None
    Node.objects.update(paused=True)
    assert claim(slot) is None


def test_another_lane_or_too_little_memory_takes_nothing(submit: Callable[..., Job], slot: Slot) -> None:
    submit("test.greedy", gigabytes=4)
    assert claim(replace(slot, lane="io")) is None
    assert claim(replace(slot, memory_bytes=10**9)) is None
    assert claim(slot) is not None


def test_a_persons_jobs_go_by_priority_then_age_and_batches_last(
    submit: Callable[..., Job], slot: Slot, alice: User, team: Team
) -> None:
    actor = Actor.of(alice)
    batch = actions.submit_batch(actor=actor, tool="test.paint", inputs={"prompt": "b"}, team=team, count=2)
    old = submit(user=alice)
    urgent = actions.submit(actor=actor, tool="test.nothing", inputs={}, team=team, priority=3)
    order = [job for job in (claim(slot) for _ in range(4)) if job is not None]
    assert [job.pk for job in order[:2]] == [urgent.pk, old.pk]
    assert [(job.batch_id, job.batch_index) for job in order[2:]] == [(batch.pk, 0), (batch.pk, 1)]


def test_people_take_turns(submit: Callable[..., Job], slot: Slot, alice: User, bob: User) -> None:
    for _ in range(4):
        submit(user=bob)
    for _ in range(2):
        submit(user=alice)
    turns = [job.author for job in (claim(slot) for _ in range(6)) if job is not None]
    assert turns[:4] in ([bob, alice, bob, alice], [alice, bob, alice, bob])


def test_who_joins_late_has_nothing_saved_up(
    submit: Callable[..., Job], slot: Slot, alice: User, bob: User, team: Team
) -> None:
    submit(user=bob)
    FairShare.objects.filter(team=team, user=bob).update(used=5000)
    submit(user=alice)
    assert FairShare.objects.get(team=team, user=alice).used == pytest.approx(5000)


def test_teams_take_turns_before_people(
    submit: Callable[..., Job], slot: Slot, bob: User, charlie: User, team: Team
) -> None:
    submit(user=bob)
    mine = actions.submit(actor=Actor.of(charlie), tool="test.nothing", inputs={})
    fairshare.charge(Job.objects.get(author=bob), 100)
    first = claim(slot)
    assert first is not None
    assert first.pk == mine.pk


def test_the_short_slot_takes_only_what_is_known_to_be_short(
    submit: Callable[..., Job], slot: Slot, node: Node
) -> None:
    short = replace(slot, name="make-1", short_only=True)
    submit()
    assert claim(short) is None, "unknown is not short"
    Node.objects.update(speeds={"test.paint|": 1 / 61})
    assert claim(short) is None
    Node.objects.update(speeds={"test.paint|": 1.0})
    assert claim(short) is not None


def test_a_job_of_an_older_tool_version_runs_the_newest_and_says_so(
    submit: Callable[..., Job], slot: Slot
) -> None:
    job = submit()
    Job.objects.update(tool_version=99)
    taken = claim(slot)
    assert taken is not None
    assert taken.tool_version == 1
    job.refresh_from_db()
    assert job.tool_version == 1


def test_an_older_version_whose_inputs_no_longer_fit_fails_with_the_reason(
    submit: Callable[..., Job], slot: Slot
) -> None:
    job = submit()
    Job.objects.update(tool_version=99, inputs={"prompt": "x", "brush": "wide"})
    assert claim(slot) is None
    job.refresh_from_db()
    assert job.state == "failed"
    assert job.error is not None
    assert "brush" in job.error["message"]


def test_it_waits_for_a_node_that_still_has_its_version(
    submit: Callable[..., Job], slot: Slot, node: Node
) -> None:
    submit()
    Job.objects.update(tool_version=99)
    Node.objects.create(
        name="older", device="cpu", memory_bytes=10**10, lanes=["make"], tools={"test.paint": 99}
    )
    assert claim(slot) is None

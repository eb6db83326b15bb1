"""claim, where a slot holds a model: its jobs may go first, across people too, within bounds."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from studio.clock import db_now
from studio.jobs import actions
from studio.jobs.actions import Slot, claim
from studio.jobs.actions.claim import LEAD_JOBS, WARM_LAG
from studio.jobs.models import FairShare, Job, Node
from studio.teams.models import Team, User
from studio.teams.rights import Actor

Ask = Callable[..., Job]


@pytest.fixture
def ask(submit: Callable[..., Job], node: Node) -> Ask:
    """ask(user, model) puts a job of a second with that model into the queue."""
    Node.objects.update(speeds={f"test.nothing|{model}": 1.0 for model in ("a", "b", "c", "")})

    def make(user: User, model: str, **values: object) -> Job:
        job = submit("test.nothing", user=user)
        Job.objects.filter(pk=job.pk).update(model_digest=model, model_name=model, **values)
        job.refresh_from_db()
        return job

    return make


@pytest.fixture
def warm(slot: Slot) -> Slot:
    return replace(slot, loaded=frozenset({"a"}))


def pks(slot: Slot, count: int) -> list[object]:
    return [job.pk for job in (claim(slot) for _ in range(count)) if job is not None]


def test_it_works_across_people(ask: Ask, warm: Slot, alice: User, bob: User) -> None:
    cold, hot = ask(bob, "b"), ask(alice, "a")
    FairShare.objects.filter(user=bob).update(used=-1)  # it is Bob's turn
    assert pks(warm, 2) == [hot.pk, cold.pk]
    cold.refresh_from_db()
    assert cold.passed_at is not None, "it is noted since when it was passed over"


def test_a_slot_without_that_model_takes_whose_turn_it_is(
    ask: Ask, slot: Slot, alice: User, bob: User
) -> None:
    cold, _hot = ask(bob, "b"), ask(alice, "a")
    FairShare.objects.filter(user=bob).update(used=-1)
    assert pks(slot, 1) == [cold.pk]


def test_nobody_is_passed_over_for_longer_than_the_lag(ask: Ask, warm: Slot, alice: User, bob: User) -> None:
    cold, _hot = ask(bob, "b", passed_at=db_now() - WARM_LAG), ask(alice, "a")
    FairShare.objects.filter(user=bob).update(used=-1)
    assert pks(warm, 1) == [cold.pk]
    late = ask(bob, "b", passed_at=db_now() - WARM_LAG + timedelta(seconds=20))
    FairShare.objects.filter(user=bob).update(used=-1)
    assert pks(warm, 1) != [late.pk], "not yet"


def test_who_is_ahead_by_more_than_the_lead_waits(ask: Ask, warm: Slot, alice: User, bob: User) -> None:
    cold, _hot = ask(bob, "b"), ask(alice, "a")
    FairShare.objects.filter(user=bob).update(used=0)
    FairShare.objects.filter(user=alice).update(used=LEAD_JOBS + 0.1)
    assert pks(warm, 1) == [cold.pk]


def test_a_team_that_is_ahead_waits_too(ask: Ask, warm: Slot, bob: User, charlie: User, team: Team) -> None:
    cold = ask(bob, "b")
    other = actions.submit(actor=Actor.of(charlie), tool="test.nothing", inputs={})
    Job.objects.filter(pk=other.pk).update(model_digest="a")
    FairShare.objects.filter(team=team).update(used=0)
    FairShare.objects.filter(team=other.team).update(used=LEAD_JOBS + 0.1)
    assert pks(warm, 1) == [cold.pk]


def test_priority_stands_among_ones_own(ask: Ask, warm: Slot, alice: User) -> None:
    ask(alice, "a")
    urgent = ask(alice, "b", priority=3)
    assert pks(warm, 1) == [urgent.pk]


@pytest.mark.parametrize("seed", [1, 2])
def test_three_models_on_two_slots(seed: int, ask: Ask, slot: Slot, alice: User, bob: User) -> None:
    """Zipf mix of two people with six jobs waiting each: few loads, and nobody ever leads by more than the bound."""
    drawn = random.Random(seed)
    slots = [replace(slot, name=f"make-{n}", loaded=frozenset()) for n in range(2)]
    held: list[str] = ["", ""]
    hits = 0
    for user in (alice, bob) * 6:
        ask(user, drawn.choices("abc", [6, 3, 2])[0])
    for turn in range(40):
        at = turn % 2
        job = claim(replace(slots[at], loaded=frozenset({held[at]} - {""})))
        assert job is not None
        hits += job.model_digest == held[at]
        held[at] = job.model_digest
        used = list(FairShare.objects.exclude(user=None).values_list("used", flat=True))
        assert max(used) - min(used) <= LEAD_JOBS + 1.01
        assert job.author is not None
        ask(job.author, drawn.choices("abc", [6, 3, 2])[0])
    assert hits >= 0.85 * 38, "all but the two that found nothing loaded"


def test_one_that_comes_goes_before_those_who_are_at_it(
    slot: Slot, submit: Callable[..., Job], alice: User, bob: User, team: Team
) -> None:
    """A person's one job behind another's many waits for one running job at most."""
    actions.submit_batch(actor=Actor.of(bob), tool="test.nothing", inputs={}, team=team, count=5)
    assert claim(slot) is not None
    mine = submit("test.nothing", user=alice)
    assert pks(slot, 1) == [mine.pk]

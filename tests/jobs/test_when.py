"""When it begins: at a time, or while nothing else waits; and chosen anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from studio.jobs import actions
from studio.jobs.actions import Slot, claim
from studio.jobs.models import Batch, FairShare, Job
from studio.jobs.queue import look
from studio.jobs.when import NOW, When, parse, starts_words
from studio.problems import Conflict, InvalidInputs
from studio.teams.models import Team, User
from studio.teams.rights import Actor

pytestmark = pytest.mark.django_db
Submit = Callable[..., Job]
Ask = Callable[..., Batch]


@pytest.fixture
def ask(team: Team, bob: User) -> Ask:
    """ask(when) sends a batch of Bob's; user and count can be said."""

    def make(when: When = NOW, user: User | None = None, count: int = 2) -> Batch:
        inputs = {"prompt": "a plain colour"}
        actor = Actor.of(user or bob)
        return actions.submit_batch(
            actor=actor, tool="test.paint", inputs=inputs, team=team, count=count, when=when
        )

    return make


def tonight() -> When:
    return When(starts_at=timezone.now() + timedelta(hours=5))


def its_time_has_come() -> None:
    """Of everything that waits for a time."""
    past = timezone.now() - timedelta(seconds=1)
    Batch.objects.exclude(starts_at=None).update(starts_at=past)
    Job.objects.exclude(starts_at=None).update(starts_at=past)


def claimed(slot: Slot, most: int = 9) -> list[Job]:
    return [job for job in (claim(slot) for _ in range(most)) if job is not None]


def test_a_batch_is_not_taken_before_its_time_and_is_after(ask: Ask, slot: Slot) -> None:
    batch = ask(tonight())
    assert claim(slot) is None
    assert actions.begin_due() == 0
    its_time_has_come()
    assert claim(slot) is None, "the sweeper gives it its turn"
    assert actions.begin_due() == 1
    assert [job.batch_id for job in claimed(slot)] == [batch.pk] * 2
    assert Batch.objects.get().starts_at is None
    assert actions.begin_due() == 0


def test_one_job_waits_for_its_time(bob: User, team: Team, slot: Slot) -> None:
    def asked(when: When) -> Job:
        return actions.submit(
            actor=Actor.of(bob), tool="test.nothing", inputs={}, team=team, when=when, idempotency_key="a"
        )

    job = asked(tonight())
    assert claim(slot) is None
    with pytest.raises(Conflict):
        asked(NOW)  # the same key for another time
    its_time_has_come()
    assert actions.begin_due() == 1
    taken = claim(slot)
    assert taken is not None
    assert taken.pk == job.pk


def test_idle_yields_to_everybody_between_jobs(ask: Ask, submit: Submit, slot: Slot, alice: User) -> None:
    batch = ask(When(idle=True), count=3)
    first = claim(slot)
    assert first is not None, "nothing else waits"
    assert first.batch_id == batch.pk
    other = submit(user=alice)
    assert [job.batch_id for job in claimed(slot)] == [other.batch_id, batch.pk, batch.pk]


def test_idle_leaves_the_place_for_short_jobs_free(ask: Ask, slot: Slot, node: Any) -> None:
    type(node).objects.update(speeds={"test.paint|": 1000.0})
    ask(When(idle=True))
    assert claim(replace(slot, name="make-1", short_only=True)) is None
    assert claim(slot) is not None


def test_idle_waits_where_another_job_waits_for_memory(ask: Ask, submit: Submit, slot: Slot) -> None:
    ask(When(idle=True))
    large = submit("test.greedy", gigabytes=4)
    assert claim(replace(slot, memory_bytes=10**9)) is None, "what is in use now becomes free sooner so"
    taken = claim(slot)
    assert taken is not None
    assert taken.pk == large.pk


def test_idle_takes_nobodys_turn(ask: Ask, submit: Submit, slot: Slot, alice: User, bob: User) -> None:
    ask(When(idle=True), count=4)
    assert len(claimed(slot)) == 4
    for _ in range(2):
        submit(user=alice)
        submit(user=bob)
    assert {job.author_id for job in claimed(slot, 2)} == {alice.pk, bob.pk}
    ask(When(idle=True), user=alice)
    ask(When(idle=True), user=bob)
    claimed(slot, 2)
    assert {job.author_id for job in claimed(slot, 2)} == {alice.pk, bob.pk}, "idle work takes turns, too"


def test_who_waited_for_the_night_has_nothing_saved_up(
    ask: Ask, submit: Submit, slot: Slot, alice: User, bob: User
) -> None:
    ask(tonight())
    submit(user=alice)
    FairShare.objects.filter(user=alice).update(used=5000)
    FairShare.objects.filter(user=None).update(used=5000)
    its_time_has_come()
    actions.begin_due()
    assert FairShare.objects.get(user=bob).used == pytest.approx(5000)


def test_a_paused_batch_does_not_begin_and_a_resumed_one_waits_on(ask: Ask, bob: User, slot: Slot) -> None:
    batch, actor = ask(tonight()), Actor.of(bob)
    actions.pause_batch(actor=actor, batch=batch)
    actions.resume_batch(actor=actor, batch=batch)
    assert claim(slot) is None, "its time has not come"
    actions.pause_batch(actor=actor, batch=batch)
    its_time_has_come()
    assert actions.begin_due() == 0
    actions.resume_batch(actor=actor, batch=batch)
    actions.begin_due()
    assert claim(slot) is not None


def test_chosen_anew(ask: Ask, submit: Submit, bob: User, slot: Slot) -> None:
    batch, actor = ask(tonight()), Actor.of(bob)
    actions.reschedule_batch(actor=actor, batch=batch, when=When(idle=True))
    assert len(claimed(slot, 1)) == 1
    actions.reschedule_batch(actor=actor, batch=batch, when=tonight())
    assert claim(slot) is None, "what had begun goes on; the rest waits"
    actions.reschedule_batch(actor=actor, batch=batch, when=NOW)
    assert len(claimed(slot)) == 1
    with pytest.raises(Conflict, match="Nothing of this batch"):
        actions.reschedule_batch(actor=actor, batch=batch, when=NOW)
    job = submit()
    actions.reschedule(actor=actor, job=job, when=tonight())
    assert claim(slot) is None
    actions.reschedule(actor=actor, job=job, when=NOW)
    assert claim(slot) is not None
    with pytest.raises(Conflict, match="no longer waits"):
        actions.reschedule(actor=actor, job=job, when=NOW)
    of_batch = Job.objects.filter(batch=batch).first()
    assert of_batch is not None
    with pytest.raises(Conflict, match="when the batch runs"):
        actions.reschedule(actor=actor, job=of_batch, when=NOW)


def test_cancelled_before_its_time(ask: Ask, bob: User, slot: Slot) -> None:
    actions.cancel_batch(actor=Actor.of(bob), batch=ask(tonight()))
    its_time_has_come()
    assert actions.begin_due() == 0
    assert actions.begin_due() == 0
    assert claim(slot) is None
    assert Batch.objects.get().starts_at is None, "the sweeper does not ask again and again"


def test_a_retry_of_an_idle_batch_yields_too(ask: Ask, bob: User, slot: Slot) -> None:
    batch = ask(When(idle=True), count=1)
    Job.objects.update(state="failed")
    (again,) = actions.retry_failed(actor=Actor.of(bob), batch=batch)
    assert again.idle


def test_the_queue_says_when(ask: Ask, submit: Submit, bob: User, team: Team, node: Any) -> None:
    night, idle, now = ask(tonight(), count=1), ask(When(idle=True), count=1), submit()
    found = look(team, actions.visible(Actor.of(bob)))
    assert [row.job.batch_id for row in found.waiting] == [now.batch_id, idle.pk, night.pk]
    assert found.waiting[1].reason == "Runs when nothing else waits."
    assert found.waiting[2].reason.startswith("Starts ")
    assert found.waiting[2].starts_in_s == pytest.approx(5 * 3600, abs=60)
    assert [row.place for row in found.waiting] == [1, 2, 3]


def test_what_the_api_takes_and_says(bob: User, slot: Slot) -> None:
    client = Client()
    client.force_login(bob)

    def post(path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        answer = client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")
        return answer.status_code, answer.json()

    ordered: dict[str, Any] = {"tool": "test.paint", "inputs": {"prompt": "a"}, "count": 2}
    at = timezone.now().astimezone(ZoneInfo("Asia/Tokyo")) + timedelta(hours=3)
    status, batch = post("batches", **ordered, when=at.isoformat())
    assert status == 201
    assert datetime.fromisoformat(batch["starts_at"]) == at
    waiting = client.get("/api/v1/queue").json()["items"]
    assert len(waiting) == 2
    assert waiting[0]["waiting_for"].endswith("(UTC).")
    job = client.get(f"/api/v1/jobs/{waiting[0]['id']}").json()
    assert job["starts_at"] == batch["starts_at"]
    assert job["waiting_for"].startswith("Starts ")
    assert post(f"batches/{batch['id']}/when", when="idle")[1]["idle"] is True
    assert post(f"batches/{batch['id']}/when", when="now")[1] | {"counts": 0} == batch | {
        "starts_at": None,
        "idle": False,
        "counts": 0,
    }
    for wrong in ("soon", "2099-01-01T00:00:00Z", "2026-12-01T22:00:00"):
        status, problem = post("batches", **ordered, when=wrong)
        assert status == 422
        assert problem["errors"][0]["loc"] == ["when"]
    status, one = post("jobs", tool="test.nothing", when="idle")
    assert (status, one["idle"]) == (201, True)


@pytest.mark.parametrize(
    ("asked", "utc"),
    [
        (
            "2027-03-28T01:30:00+01:00",
            "2027-03-28T00:30:00+00:00",
        ),  # an hour before summer time begins in Berlin
        ("2027-03-28T03:30:00+02:00", "2027-03-28T01:30:00+00:00"),  # and the hour after
    ],
)
def test_times_are_kept_in_utc(asked: str, utc: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2027, 3, 27, 12, tzinfo=UTC))
    found = parse(asked)
    assert found.starts_at is not None
    assert found.starts_at.isoformat() == utc
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert starts_words(found.starts_at) == f"Starts on 28 March at {asked[11:16]}."


def test_a_time_that_has_passed_is_now() -> None:
    assert parse("2020-01-01T00:00:00Z") == NOW
    assert parse("") == NOW
    with pytest.raises(InvalidInputs):
        parse("9999-12-31T23:59:59-23:59")

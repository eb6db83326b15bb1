"""What is told, in the transaction in which it becomes true."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from studio.integrations import actions, outbox
from studio.integrations.models import Delivery, Webhook
from studio.jobs import actions as jobs
from studio.jobs.actions.finish import finish
from studio.jobs.models import Job, Node
from studio.review import actions as reviews
from studio.teams.models import Team, User
from studio.teams.rights import Actor, NotAllowed, NotThere
from tests.gallery.conftest import asset, people, picture, written
from tests.jobs.conftest import node, slot

__all__ = ["asset", "node", "people", "picture", "slot", "written"]
pytestmark = pytest.mark.django_db
Make = Callable[..., tuple[Webhook, str]]
PAINT = {"prompt": "a lamp", "seed": 7}


def told() -> list[tuple[str, dict[str, Any]]]:
    rows = [json.loads(row.body) for row in Delivery.objects.order_by("pk")]
    return [(row["type"], row["data"]) for row in rows]


def run(slot: Any, state: str) -> Job:
    job = jobs.claim(slot)
    assert job is not None
    error = {"kind": "tool", "message": "No.", "retryable": True} if state == "failed" else None
    finish(job, state=state, error=error)
    return job


def test_jobs_and_batches(hook: Make, team: Team, bob: User, node: Node, slot: Any) -> None:
    actor = Actor.of(bob)
    jobs.submit(actor=actor, tool="test.paint", inputs=PAINT, team=team)
    run(slot, "succeeded")
    assert told() == [], "nobody listens yet"
    hook("job.succeeded", "job.failed", "job.cancelled", "batch.finished")
    one = jobs.submit(actor=actor, tool="test.paint", inputs=PAINT, team=team)
    jobs.cancel(actor=actor, job=one)
    batch = jobs.submit_batch(actor=actor, tool="test.paint", inputs=PAINT, team=team, count=2)
    run(slot, "succeeded")
    failed = run(slot, "failed")
    names = [event for event, _data in told()]
    assert names == ["job.cancelled", "job.succeeded", "job.failed", "batch.finished"]
    (_event, data) = told()[2]
    assert (data["job"], data["team"], data["error"]["message"]) == (str(failed.pk), str(team.pk), "No.")
    assert data["url"].endswith(f"/api/v1/jobs/{failed.pk}")
    (_event, data) = told()[3]
    assert (data["batch"], data["jobs"], data["succeeded"], data["failed"]) == (str(batch.pk), 2, 1, 1)
    jobs.pause_batch(actor=actor, batch=batch)
    assert len(told()) == 4, "it finishes once"
    jobs.retry_failed(actor=actor, batch=batch)
    jobs.resume_batch(actor=actor, batch=batch)
    run(slot, "succeeded")
    assert [event for event, _data in told()][4:] == ["job.succeeded", "batch.finished"]


def test_a_batch_that_is_cancelled_is_finished(hook: Make, team: Team, bob: User, node: Node) -> None:
    hook("batch.finished", "job.cancelled")
    batch = jobs.submit_batch(actor=Actor.of(bob), tool="test.paint", inputs=PAINT, team=team, count=3)
    jobs.cancel_batch(actor=Actor.of(bob), batch=batch)
    ((event, data),) = told()
    assert (event, data["cancelled"]) == ("batch.finished", 3)


def test_what_is_unlisted_is_told_to_nobody(hook: Make, team: Team, bob: User, node: Node, slot: Any) -> None:
    hook(*outbox.EVENTS)
    jobs.submit(actor=Actor.of(bob), tool="test.paint", inputs=PAINT, team=team, listed=False)
    run(slot, "succeeded")
    assert told() == []


def test_what_is_taken_back_is_not_told(hook: Make, team: Team, bob: User, node: Node, slot: Any) -> None:
    hook("job.succeeded")
    jobs.submit(actor=Actor.of(bob), tool="test.paint", inputs=PAINT, team=team)
    with transaction.atomic():
        run(slot, "succeeded")
        assert len(told()) == 1
        transaction.set_rollback(True)
    assert told() == []


def test_reviews_and_comments(people: Any, asset: Any, settings: Any) -> None:
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    actions.add(Actor.of(people.alice), people.team, "https://example.org/", list(outbox.EVENTS))
    work = asset(title="Harbour")
    before = len(told())
    carol = Actor.of(people.carol)
    review = reviews.request_review(actor=carol, subject=reviews.Subject([work.pk]), people=[people.alice.pk])
    words = reviews.comment(carol, work, "Colder", review=review)
    reviews.edit_comment(carol, words, "Warmer")
    reviews.decide(Actor.of(people.alice), review.items.get(), "approved", asset=work.pk)
    ((first, comment), (second, verdict)) = told()[before:]
    assert (first, comment["comment"], comment["asset"]) == ("comment.created", str(words.pk), str(work.pk))
    assert "Colder" not in json.dumps(told()), "words of people stay where their rights are asked"
    assert (second, verdict["review"], verdict["decided"]) == ("review.decided", str(review.pk), "approved")


def test_who_may_not(hook: Make, bob: User, charlie: User, team: Team) -> None:
    row, _secret = hook("job.failed")
    with pytest.raises(NotAllowed):
        actions.get_visible(Actor.of(bob), row.pk)
    with pytest.raises(NotThere):
        actions.get_visible(Actor.of(charlie), row.pk)


def test_the_last_one_removed_costs_nothing_more(hook: Make, alice: User, team: Team) -> None:
    row, _secret = hook("job.failed", "asset.created")
    team.refresh_from_db()
    assert team.hooked == "asset.created job.failed"
    actions.remove(Actor.of(alice), row)
    team.refresh_from_db()
    assert team.hooked == ""

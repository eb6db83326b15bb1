"""Statements that are put together once store, change and read what the ORM would, in either database."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from studio import statements
from studio.clock import db_now
from studio.feeds.models import Event
from studio.jobs.models import Job, Node
from studio.teams.models import Team, User

pytestmark = pytest.mark.django_db

ODD: dict[str, Any] = {"text": 'snow ☃ and "quotes" %s', "list": [1, None, {"deep": True}], "number": 1e-9}


@pytest.fixture
def job(team: Team, bob: User) -> Callable[..., Job]:
    """job(…) is a job of Bob's that nobody has stored."""

    def make(**more: Any) -> Job:
        values = {"tool": "test.paint", "tool_version": 1, "makes": "image", "inputs": ODD, "lane": "make"}
        return Job(team=team, author=bob, **(values | more))

    return make


def columns(row: Any) -> dict[str, Any]:
    """Every column of a row as the ORM reads it now, without its key."""
    stored = type(row).objects.filter(pk=row.pk).values().get()
    return {name: value for name, value in stored.items() if name != "id"}


def test_insert_stores_what_save_would(job: Callable[..., Job]) -> None:
    now = db_now()
    more: dict[str, Any] = {
        "created_at": now,
        "energy_wh": None,
        "error": {"kind": "x"},
        "work": 0.1,
        "memory_bytes": 2**40,
    }
    more["position"] = 0.1
    ours, theirs = job(**more), job(**more)
    statements.insert(ours)
    theirs.save(force_insert=True)
    assert columns(ours) == columns(theirs)
    ours.title = "It is a stored row"  # so this changes it, and makes no second one
    ours.save()
    assert Job.objects.filter(title=ours.title).count() == 1


def test_insert_of_several(job: Callable[..., Job]) -> None:
    rows = [job(batch_index=number) for number in range(3)]
    statements.insert(*rows)
    assert list(Job.objects.order_by("batch_index").values_list("pk", flat=True)) == [row.pk for row in rows]
    with pytest.raises(IntegrityError), transaction.atomic():
        statements.insert(job(), rows[0])
    assert Job.objects.count() == 3


def test_a_key_that_the_database_gives(db: None) -> None:
    statements.insert(Event(feed="job:x", n=1, kind="state", data=ODD))
    assert Event.objects.get(feed="job:x").data == ODD


def test_change_puts_adds_and_tells(job: Callable[..., Job]) -> None:
    one, other = job(), job()
    statements.insert(one, other)
    before = columns(other)
    at = db_now() - timedelta(days=3)
    put: dict[str, Any] = {"state": "failed", "error": ODD, "eta_s": None, "finished_at": at, "progress": 0.5}
    told = ["id", "last_n", "team", "inputs", "finished_at", "error", "eta_s", "ready", "progress"]
    where = {"id": one.pk, "state": "queued", "ready": True, "batch": None}
    found = statements.change(Job, where, put=put, add={"last_n": 2, "attempt": 1}, returning=told)
    stored = Job.objects.get(pk=one.pk)
    assert found == (one.pk, 2, one.team_id, ODD, at, ODD, None, True, 0.5)
    assert {name: getattr(stored, name) for name in put} == put
    assert (stored.last_n, stored.attempt) == (2, 1)
    assert columns(other) == before


def test_change_of_nothing(job: Callable[..., Job]) -> None:
    row = job()
    statements.insert(row)
    before = columns(row)
    put = {"state": "running"}
    assert statements.change(Job, {"id": uuid.uuid4()}, put=put, returning=["id"]) is None
    assert statements.change(Job, {"id": row.pk, "state": "running"}, put=put) is None
    assert statements.change(Job, {"id": row.pk, "author": None}, put=put) is None
    assert columns(row) == before
    assert statements.change(Job, {"id": row.pk}, put=put) == ()


def test_read_gives_what_the_orm_would(db: None) -> None:
    node = Node.objects.create(
        name="juniper", device="cpu", memory_bytes=2**40, tools={"a": 1}, speeds={"a|": 0.5}, lanes=["make"]
    )
    names = [field.name for field in Node._meta.concrete_fields]
    found = statements.read(Node, {"name": "juniper", "paused": False}, names)
    assert found == tuple(Node.objects.values_list(*names).get())
    assert found is not None
    assert found[names.index("tools")] == node.tools
    assert statements.read(Node, {"name": "juniper", "paused": True}, names) is None

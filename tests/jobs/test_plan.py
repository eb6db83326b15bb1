"""plan_batch: what a batch would be before it is sent, and what its estimates go by."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from studio.clock import db_now
from studio.gallery.models import Asset
from studio.jobs import actions
from studio.jobs.actions import Slot
from studio.jobs.models import Job, Node
from studio.jobs.plan import Plan, plan_batch
from studio.teams.models import Team, User
from studio.teams.rights import Actor
from tests.jobs.test_grid import make_all

pytestmark = pytest.mark.django_db


def plan(bob: User, team: Team, count: int = 10) -> Plan:
    return plan_batch(
        actor=Actor.of(bob), team=team, tool="test.paint", inputs={"prompt": "a boat"}, count=count
    )


def test_it_works(bob: User, charlie: User, team: Team, slot: Slot, node: Node, tmp_path: Path) -> None:
    nothing = plan(bob, team)
    assert (nothing.total, nothing.time_s, nothing.time_by, nothing.disk_bytes) == (10, None, None, None)
    actions.submit_batch(
        actor=Actor.of(bob), tool="test.paint", inputs={"prompt": "a boat"}, team=team, count=2
    )
    make_all(slot, tmp_path)
    start = db_now()
    for seconds, job in zip((2, 4), Job.objects.order_by("pk"), strict=True):
        Job.objects.filter(pk=job.pk).update(started_at=start, finished_at=start + timedelta(seconds=seconds))
    told = plan(bob, team)
    assert told.time_by == "lately"
    assert told.time_s == pytest.approx(30)
    assert told.disk_bytes == 5 * sum(Asset.objects.values_list("bytes", flat=True))
    # Of another team nobody learns how long its jobs take.
    own = Team.objects.get(personal_of=charlie)
    assert plan(charlie, own).time_s is None
    Node.objects.filter(pk=node.pk).update(speeds={"test.paint|": 2.0})
    measured = plan(bob, team)
    assert measured.time_by == "nodes"
    assert measured.time_s == pytest.approx(5)  # ten units of work at two a second


def test_an_asset_in_the_bin_is_no_measure(
    bob: User, team: Team, slot: Slot, node: Node, tmp_path: Path
) -> None:
    actions.submit_batch(
        actor=Actor.of(bob), tool="test.paint", inputs={"prompt": "a boat"}, team=team, count=2
    )
    make_all(slot, tmp_path)
    Asset.objects.update(deleted_at=db_now())
    assert plan(bob, team).disk_bytes is None

"""plan_batch: what a batch would be before it is sent, and what its estimates go by."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from studio.catalog import actions as catalog
from studio.catalog.models import ModelCard
from studio.clock import db_now
from studio.gallery.models import Asset, Blob
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


def test_a_long_one_names_a_quicker_model(
    bob: User, team: Team, node: Node, settings: Any, tmp_path: Path
) -> None:
    """By the cards, before anything was measured here; pixels tell the work."""
    settings.MODELS = tmp_path
    catalog.sync()
    blob = Blob.objects.create(digest="sha256:" + "0" * 64, bytes=3)
    large, small = (
        Asset.objects.create(
            team=team,
            author=bob,
            medium="image",
            mime="image/png",
            blob=blob,
            bytes=3,
            content_digest=blob.digest,
            width=side,
            height=side,
        )
        for side in (2048, 32)
    )

    def told(asset: Asset, **more: str) -> Plan:
        inputs = {"image": str(asset.pk), **more}
        return plan_batch(actor=Actor.of(bob), team=team, tool="image.upscale", inputs=inputs)

    slow, fast = told(large), told(large, model="real-esrgan-fast")
    assert slow.time_by == fast.time_by == "card"
    assert slow.quicker is not None
    assert slow.time_s is not None
    assert (slow.quicker.name, slow.quicker.time_s) == ("real-esrgan-fast", fast.time_s)
    assert slow.time_s > 20 * slow.quicker.time_s
    assert fast.quicker is None
    assert told(small).quicker is None
    # What this machine has measured counts for more; then it is the other's card that is asked.
    card = ModelCard.objects.get(name="real-esrgan")
    Node.objects.filter(pk=node.pk).update(speeds={f"image.upscale|{card.digest}": 1.0})
    measured = told(large)
    assert measured.time_by == "nodes"
    assert measured.time_s == pytest.approx(7.6, abs=0.5)
    assert measured.quicker is None

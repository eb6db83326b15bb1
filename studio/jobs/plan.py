"""What a batch would be, before anybody submits it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg

from studio.catalog.models import ModelCard
from studio.gallery.models import Asset
from studio.jobs.actions.batch import expand, orders_of
from studio.jobs.needs import known_nodes
from studio.presets.actions import lists_of
from studio.teams.models import Team
from studio.teams.rights import Actor, require

SHOWN = 200


@dataclass(frozen=True)
class Plan:
    """total jobs; the first 200 of them; seconds of work in all and bytes of disk, None while not known."""

    total: int
    items: list[dict[str, Any]]
    time_s: float | None
    disk_bytes: int | None


def plan_batch(
    *, actor: Actor, team: Team, tool: str, inputs: dict[str, Any], parent: str | None = None, **ways: Any
) -> Plan:
    """Expand a batch and check its first 200 jobs as `submit_batch` would; stores nothing.

    ways: matrix, items, prompts, count, as `expand` takes them. Raises what a submit would raise.
    """
    require(actor, "batch.submit", team)
    every = expand(inputs, **ways, lists=lists_of(team))
    items = list(itertools.islice(every, SHOWN))
    total = len(items) + sum(1 for _one in every)
    orders = orders_of(actor=actor, team=team, tool=tool, jobs=items, parent=parent)
    nodes = list(known_nodes())
    works: list[float] = []
    for order in orders:
        speed = max((node.speeds.get(_speed_key(tool, order.card)) or 0.0 for node in nodes), default=0.0)
        if speed <= 0:
            works = []
            break
        works.append(order.needs.work / speed)
    recent = list(
        Asset.objects.filter(team=team, tool=tool).order_by("-pk").values_list("pk", flat=True)[:50]
    )
    size = Asset.objects.filter(pk__in=recent).aggregate(mean=Avg("bytes"))["mean"]
    return Plan(
        total=total,
        items=[order.inputs.model_dump(mode="json") for order in orders],
        time_s=sum(works) / len(works) * total if works else None,
        disk_bytes=int(size * total) if size is not None else None,
    )


def _speed_key(tool: str, card: ModelCard | None) -> str:
    return f"{tool}|{card.digest if card else ''}"

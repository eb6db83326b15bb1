"""What a batch would be, before anybody submits it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, Literal

from studio.catalog.models import ModelCard
from studio.gallery.models import Asset
from studio.jobs.actions.batch import expand, orders_of
from studio.jobs.models import Job, State
from studio.jobs.needs import known_nodes
from studio.presets.actions import lists_of
from studio.teams.models import Team
from studio.teams.rights import Actor, require

SHOWN = 200
LATELY = 50  # assets that the estimates go by


@dataclass(frozen=True)
class Plan:
    """total jobs; the first 200 of them; seconds of work in all and bytes of disk, None while not known.

    time_by: "nodes", by their measured speeds; "lately", where there are none, by what the team's last jobs of it took.
    """

    total: int
    items: list[dict[str, Any]]
    time_s: float | None
    time_by: Literal["nodes", "lately"] | None
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
    lately = _lately(team, tool)
    each_s = sum(works) / len(works) if works else lately.run_s
    return Plan(
        total=total,
        items=[order.inputs.model_dump(mode="json") for order in orders],
        time_s=each_s * total if each_s is not None else None,
        time_by="nodes" if works else "lately" if each_s is not None else None,
        disk_bytes=round(lately.bytes * total) if lately.bytes is not None else None,
    )


@dataclass(frozen=True)
class Lately:
    """What one job of a tool took on the mean, by the team's last assets of it; None while there are none."""

    run_s: float | None
    bytes: float | None


def _lately(team: Team, tool: str) -> Lately:
    assets = list(
        Asset.objects.filter(
            team=team, tool=tool, listed=True, deleted_at=None, job_ref__isnull=False
        )  # as the gallery shows them: its index leads straight to them
        .order_by("-pk")
        .values_list("job_ref", "bytes")[:LATELY]
    )
    if not assets:
        return Lately(None, None)
    made_by = {job for job, _bytes in assets if job}
    ended = Job.objects.filter(pk__in=made_by, state=State.SUCCEEDED).exclude(started_at=None)
    spans = [
        (end - start).total_seconds()
        for start, end in ended.values_list("started_at", "finished_at")
        if start and end
    ]
    return Lately(
        run_s=sum(spans) / len(spans) if spans else None,
        bytes=sum(size for _job, size in assets) / len(made_by),
    )


def _speed_key(tool: str, card: ModelCard | None) -> str:
    return f"{tool}|{card.digest if card else ''}"

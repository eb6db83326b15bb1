"""What a batch would be, before anybody submits it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from studio.catalog.models import ModelCard, ModelState
from studio.gallery.models import Asset
from studio.jobs.actions.batch import expand, orders_of
from studio.jobs.actions.submit import Order
from studio.jobs.models import Job, Node, State
from studio.jobs.needs import known_nodes
from studio.presets.actions import lists_of
from studio.teams.models import Team
from studio.teams.rights import Actor, require

SHOWN = 200
LATELY = 50  # assets that the estimates go by
LONG_S = 120.0  # from here on a quicker model is named
QUICKER = 4.0  # so many times as quick, at least

By = Literal["nodes", "lately", "card"]


@dataclass(frozen=True)
class Quicker:
    """Another model that does the same in less time, and what all would take with it."""

    name: str
    title: str
    time_s: float


@dataclass(frozen=True)
class Plan:
    """total jobs; the first 200 of them; seconds of work in all and bytes of disk, None while not known.

    time_by: "nodes", by their measured speeds; "lately", where there are none, by what the team's last jobs on the same
    model took; "card", where there are none either, by what the model's card says that was measured elsewhere. quicker:
    where it takes long.
    """

    total: int
    items: list[dict[str, Any]]
    time_s: float | None
    time_by: By | None
    disk_bytes: int | None
    quicker: Quicker | None = None


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
    nodes, lately = list(known_nodes()), _lately(team, tool)
    told = [_time(tool, order.card, order.needs.work, nodes, lately) for order in orders]
    each_s, by = _mean(told)
    time_s = each_s * total if each_s is not None else None
    return Plan(
        total=total,
        items=[order.inputs.model_dump(mode="json") for order in orders],
        time_s=time_s,
        time_by=by,
        disk_bytes=round(lately.bytes * total) if lately.bytes is not None else None,
        quicker=_quicker(tool, orders, nodes, lately, total)
        if time_s is not None and time_s > LONG_S
        else None,
    )


@dataclass(frozen=True)
class Lately:
    """What one job of a tool took on the mean, by the team's last assets of it. run_s: seconds for a unit of work, by the
    model's digest; bytes: None while there are no assets."""

    run_s: Mapping[str, float]
    bytes: float | None


def _time(
    tool: str, card: ModelCard | None, work: float, nodes: list[Node], lately: Lately
) -> tuple[float | None, By | None]:
    """Seconds of a job with so much work on this model, and what tells them."""
    digest = card.digest if card else ""
    speed = max((node.speeds.get(f"{tool}|{digest}") or 0.0 for node in nodes), default=0.0)
    if speed > 0:
        return work / speed, "nodes"
    if digest in lately.run_s:
        return work * lately.run_s[digest], "lately"
    said = card.meta.get("work_s") if card else None
    return (work * said, "card") if isinstance(said, int | float) else (None, None)


def _mean(told: list[tuple[float | None, By | None]]) -> tuple[float | None, By | None]:
    """The mean of several jobs, told by the least sure of them; None where any is not known."""
    if not told or any(seconds is None for seconds, _by in told):
        return None, None
    surest: tuple[By | None, ...] = ("nodes", "lately", "card")
    by = max((by for _seconds, by in told), key=surest.index)
    return sum(seconds or 0.0 for seconds, _by in told) / len(told), by


def _quicker(tool: str, orders: list[Order], nodes: list[Node], lately: Lately, total: int) -> Quicker | None:
    """The model that the card of the one asked for names as quicker, where it is installed, and is."""
    cards = {order.card.pk: order.card for order in orders if order.card}
    if len(cards) != 1:
        return None
    (card,) = cards.values()
    other = ModelCard.objects.filter(
        team=None, name=str(card.meta.get("quicker") or ""), task=card.task, state=ModelState.INSTALLED
    ).first()
    if other is None:
        return None
    one, _by = _mean([_time(tool, card, order.needs.work, nodes, lately) for order in orders])
    each_s, _by = _mean([_time(tool, other, order.needs.work, nodes, lately) for order in orders])
    if one is None or each_s is None or each_s * QUICKER > one:
        return None
    return Quicker(other.name, other.title, each_s * total)


def _lately(team: Team, tool: str) -> Lately:
    assets = list(
        Asset.objects.filter(
            team=team, tool=tool, listed=True, deleted_at=None, job_ref__isnull=False
        )  # as the gallery shows them: its index leads straight to them
        .order_by("-pk")
        .values_list("job_ref", "bytes")[:LATELY]
    )
    if not assets:
        return Lately({}, None)
    made_by = {job for job, _bytes in assets if job}
    ended = Job.objects.filter(pk__in=made_by, state=State.SUCCEEDED).exclude(started_at=None)
    sums: dict[str, tuple[float, float]] = {}
    for digest, work, start, end in ended.values_list("model_digest", "work", "started_at", "finished_at"):
        if start and end and work > 0:
            seconds, works = sums.get(digest, (0.0, 0.0))
            sums[digest] = seconds + (end - start).total_seconds(), works + work
    return Lately(
        run_s={digest: seconds / works for digest, (seconds, works) in sums.items()},
        bytes=sum(size for _job, size in assets) / len(made_by),
    )

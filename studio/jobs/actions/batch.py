"""Batches: jobs made by one request; accepted whole or not at all."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from studio import statements
from studio.clock import db_now
from studio.clock import when as rfc3339
from studio.feeds.actions import append, job_feed, tell_team
from studio.feeds.models import Event
from studio.jobs import fairshare, needs, quotas
from studio.jobs.actions.look import visible
from studio.jobs.actions.submit import (
    Known,
    Order,
    body_digest,
    check,
    find_tool,
    known_key,
    retry,
    title_of,
)
from studio.jobs.dispatch import ring
from studio.jobs.models import Batch, IdempotencyKey, Job
from studio.jobs.when import NOW, When
from studio.presets.actions import lists_of
from studio.presets.wordings import NO_LISTS, Wordings
from studio.problems import InvalidInputs, NoNode, UnknownTool, shown
from studio.teams.asked import default_team
from studio.teams.models import Team
from studio.teams.rights import Actor, require

MOST = 10_000
CHUNK = 500
SEEDS = 2**32


def expand(
    inputs: dict[str, Any],
    *,
    matrix: dict[str, list[Any]] | None = None,
    items: list[dict[str, Any]] | None = None,
    prompts: str | None = None,
    count: int = 1,
    draw: int | None = None,
    draw_seed: int = 0,
    lists: Mapping[str, Sequence[str]] = NO_LISTS,
) -> Iterator[dict[str, Any]]:
    """Each job's inputs: every item × every combination of the matrix × every wording × `count` seeds.

    With `count` the seeds are seed, seed + 1, … where the inputs name one, else each is left open. draw: of the
    wordings at most so many, by chance; lists: what wildcards draw from. InvalidInputs where it makes none or more
    than 10,000.
    """
    matrix = matrix or {}
    rows: list[dict[str, Any]] = items if items is not None else [{}]
    try:
        said = Wordings(prompts, lists) if prompts is not None else None
        total = len(rows) * count * (min(said.count, draw or said.count) if said is not None else 1)
    except ValueError as error:
        raise InvalidInputs(
            str(error), errors=[{"loc": ["prompts"], "msg": str(error), "input": shown(prompts)}]
        ) from None
    for values in matrix.values():
        total *= len(values)
    if not 1 <= total <= MOST:
        raise InvalidInputs(
            _("That makes %(total)s jobs; a batch has 1 to %(most)s.")
            % {"total": total if total < 10**9 else _("far too many"), "most": MOST}
        )
    texts: list[str | None] = [None]
    if said is not None:
        texts = [*(said.drawn(draw, draw_seed) if draw else said)]
    for row, combination, words, number in itertools.product(
        rows, itertools.product(*matrix.values()), texts, range(count)
    ):
        one = inputs | row | dict(zip(matrix, combination, strict=True))
        if words is not None:
            one["prompt"] = words
        seed = one.get("seed")
        if count > 1 and isinstance(seed, int) and 0 <= seed < SEEDS:  # what is no seed the tool refuses
            one["seed"] = (seed + number) % SEEDS
        yield one


def orders_of(
    *,
    actor: Actor,
    team: Team,
    tool: str,
    jobs: list[dict[str, Any]],
    parent: str | None = None,
    most_errors: int = 50,
) -> list[Order]:
    """Every job of a batch, checked; the errors of all bad rows at once, each with its number (from 0)."""
    declared = find_tool(tool)
    if declared.hidden:
        raise UnknownTool(_("%(tool)s is not run by hand.") % {"tool": tool})
    orders: list[Order] = []
    known = Known()
    errors: list[dict[str, Any]] = []
    for number, one in enumerate(jobs):
        try:
            orders.append(
                check(
                    actor=actor,
                    team=team,
                    tool=declared,
                    inputs=one,
                    parent=parent,
                    placed=False,
                    known=known,
                )
            )
        except InvalidInputs as problem:
            errors += [error | {"loc": [number, *error["loc"]]} for error in problem.errors] or [
                {"loc": [number], "msg": problem.detail, "input": None}
            ]
            if len(errors) >= most_errors:
                break
    if errors:
        raise InvalidInputs(
            _("Some of the jobs cannot be accepted, so none was."), errors=errors[:most_errors]
        )
    for wanted in {order.needs for order in orders}:
        place = needs.place(declared.name, declared.lane, wanted)
        if place.when == "never":
            raise NoNode(place.reason)
    return orders


def submit_batch(
    *,
    actor: Actor,
    tool: str,
    inputs: dict[str, Any],
    team: Team | None = None,
    matrix: dict[str, list[Any]] | None = None,
    items: list[dict[str, Any]] | None = None,
    prompts: str | None = None,
    count: int = 1,
    draw: int | None = None,
    draw_seed: int = 0,
    title: str = "",
    parent: str | None = None,
    idempotency_key: str | None = None,
    when: When = NOW,
) -> Batch:
    """Accept a batch whole: rows go in by chunks under a batch that is not open yet, which is opened last.

    Nobody's beat waits longer than one chunk. What a crash leaves under a batch that never opened is swept.
    """
    team = team or default_team(actor)
    require(actor, "batch.submit", team)
    ways: dict[str, Any] = {"matrix": matrix, "items": items, "prompts": prompts, "count": count}
    ways |= {"draw": draw, "draw_seed": draw_seed} if draw else {}
    digest = body_digest(tool, inputs, str(team.pk), *ways.values(), title, parent, *when.told())
    used = known_key(actor, idempotency_key, digest)
    if used is not None and used.batch is not None:
        return used.batch
    jobs = list(expand(inputs, **ways, lists=lists_of(team)))
    quotas.ask(team, len(jobs))
    orders = orders_of(actor=actor, team=team, tool=tool, jobs=jobs, parent=parent)
    batch = Batch.objects.create(
        team=team,
        author=actor.user,
        tool=tool,
        title=title[:200] or title_of(orders[0].inputs),
        total=len(orders),
        request={"inputs": inputs, **ways},
        starts_at=when.starts_at,
        idle=when.idle,
    )
    now = time.time()
    for start in range(0, len(orders), CHUNK):
        _insert_chunk(batch, orders[start : start + CHUNK], start, now, actor, team)
    with transaction.atomic():
        set_ready(batch)
        batch.open = True
        batch.save(update_fields=["open"])
        if idempotency_key:
            IdempotencyKey.objects.create(
                user=actor.user, key=idempotency_key, body_digest=digest, batch=batch
            )
        tell_batch(batch)
    return batch


def set_ready(batch: Batch) -> int:
    """Give what waits of a batch its turn, or hold it back, as `paused`, `starts_at` and `idle` of the batch say; the bell
    rings after the commit. Returns how many wait."""
    waiting = Job.objects.filter(batch=batch, state="queued")
    ready = not batch.paused and batch.starts_at is None
    first = waiting.order_by("batch_index").only("lane", "device", "team_id", "author_id").first()
    if first is not None and ready:
        first.idle = batch.idle
        fairshare.join(first)
        lane, device = first.lane, first.device
        transaction.on_commit(lambda: ring(lane, device))
    return waiting.update(ready=ready, starts_at=batch.starts_at, idle=batch.idle)


def _insert_chunk(
    batch: Batch, orders: list[Order], start: int, now: float, actor: Actor, team: Team
) -> None:
    rows = []
    when = When(batch.starts_at, batch.idle)
    for index, order in enumerate(orders, start):
        job = order.as_job(actor=actor, team=team, title="", priority=0, listed=order.tool.listed, when=when)
        job.batch, job.batch_index, job.ready, job.last_n = batch, index, False, 1
        job.position = now + index * 1e-4
        rows.append(job)
    with transaction.atomic():
        statements.insert(*rows)
        statements.insert(
            *(
                Event(feed=job_feed(job.pk), n=1, kind="state", data={"state": "queued", "final": False})
                for job in rows
            )
        )


def tell_batch(batch: Batch) -> None:
    """The team's one line about a batch; a batch writes one event, not a thousand."""
    tell_team(
        batch.team_id,
        "state",
        {
            "batch": str(batch.pk),
            "total": batch.total,
            "paused": batch.paused,
            "starts_at": rfc3339(batch.starts_at),
            "idle": batch.idle,
            "title": batch.title,
        },
    )


def cancel_batch(*, actor: Actor, batch: Batch) -> None:
    """Cancel what waits, ask what runs to stop; in chunks, so that nobody's beat is held up."""
    require(actor, "job.cancel", batch)
    while True:
        with transaction.atomic():
            waiting = list(Job.objects.filter(batch=batch, state="queued").order_by("id")[:CHUNK])
            if not waiting:
                break
            ids = [job.pk for job in waiting]
            Job.objects.filter(pk__in=ids, state="queued").update(
                state="cancelled", finished_at=db_now(), last_n=F("last_n") + 1, cancel_asked=True
            )
            for pk, n, attempt in Job.objects.filter(pk__in=ids, state="cancelled").values_list(
                "pk", "last_n", "attempt"
            ):
                append(job_feed(pk), n, "state", {"state": "cancelled", "final": True}, attempt)
    Job.objects.filter(batch=batch, state="running").update(cancel_asked=True)
    tell_batch(batch)


def pause_batch(*, actor: Actor, batch: Batch) -> None:
    """Nothing more of it begins; what runs goes on."""
    _set_paused(actor, batch, paused=True)


def resume_batch(*, actor: Actor, batch: Batch) -> None:
    """Where it waits for a time that has not come, it goes on waiting for that."""
    _set_paused(actor, batch, paused=False)


def _set_paused(actor: Actor, batch: Batch, *, paused: bool) -> None:
    require(actor, "job.cancel", batch)
    with transaction.atomic():
        locked(batch)
        batch.paused = paused
        set_ready(batch)
        batch.save(update_fields=["paused"])
        tell_batch(batch)


def locked(batch: Batch) -> None:
    """Read anew when it may run, and keep others from changing that until the transaction ends."""
    names = ("open", "paused", "starts_at", "idle")
    found = Batch.objects.select_for_update().only(*names).get(pk=batch.pk)
    for name in names:
        setattr(batch, name, getattr(found, name))


def retry_failed(*, actor: Actor, batch: Batch) -> list[Job]:
    """A new job, in the same batch, for each that failed and was not retried yet."""
    require(actor, "batch.submit", batch)
    failed = visible(actor).filter(batch=batch, state="failed", retries=None).order_by("batch_index")
    quotas.ask(batch.team, len(failed))
    return [retry(actor=actor, job=job) for job in failed]

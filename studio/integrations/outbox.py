"""What becomes of a line that a team is told: rows for the webhooks that want to hear of it, in the same transaction."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.clock import when
from studio.integrations.models import Delivery, Webhook
from studio.jobs.models import FINAL, Batch, Job

EVENTS: dict[str, Any] = {
    "job.succeeded": _("a job has made what it was asked for"),
    "job.failed": _("a job could not"),
    "job.cancelled": _("a job was cancelled by itself"),
    "batch.finished": _("the last job of a batch has ended, in whatever way"),
    "asset.created": _("there is a new asset: made, uploaded or imported"),
    "review.decided": _("somebody gave a verdict in a review, or picked"),
    "comment.created": _("somebody commented"),
}
"""Names stay. What is unlisted (a chat, what only its author sees yet) is told to nobody."""
TEST = "webhook.test"

Told = tuple[str, dict[str, Any], str]
"""(event, data, once): see Delivery."""


def note(team_id: uuid.UUID, wanted: str, kind: str, line: dict[str, Any]) -> None:
    """Called with every line for a team of which some webhook hears something (`wanted`), its counter locked."""
    told = list(_told(set(wanted.split()), kind, line))
    if not told:
        return
    hooks = list(Webhook.objects.filter(team=team_id))
    for event, data, once in told:
        for hook in hooks:
            if event not in hook.hears or (once and hook.deliveries.filter(once=once).exists()):
                continue
            Delivery.objects.create(webhook=hook, event=event, body=body(event, team_id, data), once=once)


def body(event: str, team_id: uuid.UUID, data: dict[str, Any]) -> str:
    """The JSON that goes out, byte for byte."""
    words = {"type": event, "timestamp": when(timezone.now()), "data": {"team": str(team_id), **data}}
    return json.dumps(words, ensure_ascii=False, separators=(",", ":"))


def _told(wanted: set[str], kind: str, line: dict[str, Any]) -> Iterator[Told]:
    """The events that are in one line of the feed, of those that are wanted."""
    if kind == "state":
        event = f"job.{line.get('state')}"
        if "title" in line and "job" in line and line["state"] in FINAL and event in wanted:
            yield event, _job(line), ""
        if line.get("batch") and "batch.finished" in wanted:
            yield from _finished(uuid.UUID(line["batch"]))
    elif kind == "asset" and "asset.created" in wanted:
        if line.get("listed") and line.get("asset") and not {"changed", "deleted", "restored"} & set(line):
            data = {key: line.get(key) for key in ("asset", "medium", "job", "batch")}
            yield "asset.created", data | {"url": _url("assets", line["asset"])}, ""
    elif kind == "review":
        if "decided" in line and "review.decided" in wanted:
            data = {key: line.get(key) for key in ("review", "item", "state", "decided")}
            yield "review.decided", data | {"url": _url("reviews", line["review"])}, ""
        if line.get("new") and "comment.created" in wanted:
            data = {key: line.get(key) for key in ("comment", "asset", "review")}
            yield "comment.created", data | {"url": _url("assets", line["asset"])}, ""


def _job(line: dict[str, Any]) -> dict[str, Any]:
    data = {key: line.get(key) for key in ("job", "state", "tool", "title", "medium", "batch", "author")}
    if line["state"] == "failed":
        data["error"] = Job.objects.values_list("error", flat=True).get(pk=line["job"])
    return data | {"url": _url("jobs", line["job"])}


def _finished(batch_id: uuid.UUID) -> Iterator[Told]:
    """Where nothing of it waits or runs any more. The team's counter is locked, so of two last jobs the second finds
    the first ended; a job that is tried again makes it another batch that can finish."""
    batch = Batch.objects.filter(pk=batch_id, open=True).first()
    if batch is None or Job.objects.filter(batch=batch).exclude(state__in=FINAL).exists():
        return
    states = list(Job.objects.filter(batch=batch).values_list("state", flat=True))
    counts: dict[str, int] = {str(state): states.count(state) for state in sorted(FINAL)}
    data = {"batch": str(batch_id), "title": batch.title, "jobs": len(states), **counts}
    yield (
        "batch.finished",
        data | {"url": _url("batches", str(batch_id))},
        f"batch.finished:{batch_id}:{len(states)}",
    )


def _url(kind: str, id: str) -> str:
    """Where the API tells the whole; a path where the studio does not know its own address."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/api/v1/{kind}/{id}"

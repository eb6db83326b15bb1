"""Pages of jobs: the queue, one job, the nodes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from generators.registry import tools
from studio.catalog import actions as catalog
from studio.clock import db_now
from studio.gallery import actions as gallery
from studio.gallery.models import Medium
from studio.gallery.templatetags.gallery import label_of, value_of
from studio.jobs import actions, needs, when
from studio.jobs.models import FINAL, Batch, Job, Node, State
from studio.jobs.queue import Waiting, look
from studio.teams.current import current_team
from studio.teams.models import Team
from studio.teams.pages import page
from studio.teams.rights import Actor, NotThere, can, require

CLEARED_KEY = "queue_cleared"
LATELY = timedelta(hours=24)
SHOWN_DONE = 24
SHOWN_FAILED = 12


def _team(request: HttpRequest) -> Team:
    team = current_team(request)
    if team is None:
        raise NotThere
    return team


def medium_of(job: Job) -> str:
    """What a job makes, as an icon's name: a model is drawn as models."""
    return job.makes if job.makes in Medium.values else "models"


def title_of(job: Job) -> str:
    """What a job is called: its title, else how its prompt begins, else its tool's."""
    for words in (job.title, str(job.inputs.get("prompt") or "")):
        line = words.strip().split("\n", 1)[0].strip()
        if line:
            return line if len(line) <= 90 else line[:89].rstrip() + "…"
    known = tools().get(job.tool)
    return known.title if known else job.tool


def _change(job: Job) -> str:
    """Where the form of this job's tool comes with its prompt; "" where the tool has no form of its own."""
    prompt = str(job.inputs.get("prompt") or "")
    known = tools().get(job.tool)
    if not prompt or not job.listed or known is None or known.hidden:
        return ""
    return f"/create/{job.tool}/?{urlencode({'prompt': prompt[:2000]})}"


def _row(actor: Actor, job: Job) -> dict[str, Any]:
    """A job with what a page says of it."""
    return {
        "job": job,
        "title": title_of(job),
        "medium": medium_of(job),
        "percent": round(job.progress * 100),
        "may_cancel": can(actor, "job.cancel", job),
        "may_submit": can(actor, "job.submit", job.team),
        "change": _change(job),
        "assets": sorted(job.job_assets.all(), key=lambda link: link.index) if job.state in FINAL else [],
        "run_s": (job.finished_at - job.started_at).total_seconds()
        if job.started_at and job.finished_at
        else None,
    }


def begins_of(actor: Actor, thing: Job | Batch) -> dict[str, Any]:
    """What a page says and offers of when something begins: its path in the API, whether it waits for a time or for
    nothing else to wait, and whether this actor may choose another."""
    kind = "batches" if isinstance(thing, Batch) else "jobs"
    return {
        "path": f"{kind}/{thing.pk}",
        "words": when.words(thing),
        "later": thing.starts_at is not None or thing.idle,
        "may": can(actor, "job.cancel", thing),
    }


def _waiting(actor: Actor, rows: Iterable[Waiting]) -> list[dict[str, Any]]:
    """Rows in the order in which they will run; jobs of one batch that follow each other are one row."""
    found: list[dict[str, Any]] = []
    for _batch, each in groupby(rows, key=lambda row: row.job.batch_id or row.job.pk):
        group = list(each)
        first = group[0]
        job = first.job
        line = _row(actor, job) | {
            "place": len(found) + 1,
            "reason": first.reason,
            "held": not job.ready or not first.reason.startswith((_("Next"), _("After"))),
            "starts_in_s": first.starts_in_s,
            "n": len(group),
            "paused": job.batch is not None and job.batch.paused,
            "may_move": job.batch_id is None and can(actor, "job.move", job),
            "lane_of": f"{job.lane}|{job.author_id}|{job.ready}|{job.idle}",
            "begins": begins_of(actor, job.batch or job),
        }
        found.append(line)
    # Who may move a job up or down: only past another single job of the same person in the same lane.
    by_person: dict[str, list[dict[str, Any]]] = {}
    for line in found:
        if line["may_move"]:
            by_person.setdefault(line["lane_of"], []).append(line)
    for lines in by_person.values():
        for at, line in enumerate(lines):
            line["up"] = str(lines[at - 1]["job"].pk) if at else None
            line["down"] = at + 1 < len(lines)
            line["down_before"] = str(lines[at + 2]["job"].pk) if at + 2 < len(lines) else ""
    return found


def _nodes(actor: Actor) -> list[dict[str, Any]]:
    """Nodes as readings; a job's title stands in a slot only where this actor may see the job."""
    now = db_now()
    nodes = list(Node.objects.filter(seen_at__gt=now - needs.NODE_FORGOTTEN_AFTER).order_by("name"))
    ids = [slot["job"] for node in nodes for slot in node.slots if slot.get("job")]
    jobs = {str(job.pk): job for job in actions.visible(actor).filter(pk__in=ids)}
    digests = {str(entry.get("digest", "")) for node in nodes for entry in node.loaded}
    titles = dict(catalog.visible(actor).filter(digest__in=digests).values_list("digest", "title"))
    found = []
    for node in nodes:
        slots = []
        for slot in node.slots:
            job = jobs.get(str(slot.get("job") or ""))
            slots.append(
                {
                    "lane": slot.get("lane"),
                    "short": bool(slot.get("short_only")),
                    "busy": bool(slot.get("job")),
                    "job": job,
                    "title": title_of(job) if job else "",
                    "medium": medium_of(job) if job else "",
                }
            )
        found.append(
            {
                "node": node,
                "away": now - node.seen_at > needs.NODE_AWAY_AFTER,
                "used_gb": f"{node.memory_used_bytes / 1e9:.1f}",
                "all_gb": f"{node.memory_bytes / 1e9:.0f}",
                "percent": round(100 * node.memory_used_bytes / node.memory_bytes)
                if node.memory_bytes
                else 0,
                "slots": slots,
                # One model may be loaded in two slots; parts of a model have no card and no name.
                "loaded": sorted({titles[d] for e in node.loaded if (d := e.get("digest")) in titles}),
                "tools": sorted(node.tools.items()),
            }
        )
    return found


def page_words() -> dict[str, str]:
    """The sentences of the queue's scripts."""
    return {
        "moved": _("Moved."),
        "retried": _("It runs again as a new job."),
        "job_step": _("Step {step} of {total}"),
        "when_set": _("Changed: {words}"),
        "when_set_now": _("It begins as soon as a place is free."),
    }


@never_cache
@require_safe
@page
def queue(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What runs, what waits and why, what has ended lately. With X-Fragment only what changes."""
    team = _team(request)
    require(actor, "queue.view", team)
    visible = actions.visible(actor).filter(team=team)
    found = look(team, actions.visible(actor))
    cleared = parse_datetime(str(request.session.get(CLEARED_KEY, "")))
    since = max(filter(None, [cleared, timezone.now() - LATELY]))
    ended = (
        visible.filter(finished_at__gt=since)
        .select_related("author", "team", "batch")
        .defer("batch__request")
        .prefetch_related("job_assets__asset")
        .order_by("-finished_at")
    )
    nodes = _nodes(actor)
    context = {
        "running": [_row(actor, job) for job in found.running],
        "waiting": _waiting(actor, found.waiting),
        "waiting_total": found.waiting_total,
        "left_s": found.left_s,
        "failed": [_row(actor, job) for job in ended.filter(state=State.FAILED)[:SHOWN_FAILED]],
        "done": [
            _row(actor, job)
            for job in ended.filter(state__in=[State.SUCCEEDED, State.CANCELLED])[:SHOWN_DONE]
        ],
        "nodes": nodes,
        "nodes_here": sum(1 for node in nodes if not node["away"]),
        "may_submit": can(actor, "job.submit", team),
    }
    if request.headers.get("X-Fragment"):
        return render(request, "jobs/queue_body.html", context)
    return render(request, "jobs/queue.html", context | {"page_words": page_words()})


@require_POST
@page
def clear(request: HttpRequest, actor: Actor) -> HttpResponseRedirect:
    """Take what has ended off this person's view; the jobs themselves stay."""
    request.session[CLEARED_KEY] = timezone.now().isoformat()
    return redirect("queue")


@never_cache
@require_safe
@page
def job(request: HttpRequest, actor: Actor, job_id: uuid.UUID) -> HttpResponse:
    """One job: how far it is, or what it made, or why it failed. With X-Fragment only what changes."""
    found = actions.get_visible(actor, job_id)
    shown = (
        actions.visible(actor)
        .select_related("author", "team", "batch", "retry_of")
        .defer("batch__request")
        .prefetch_related("job_assets__asset")
        .get(pk=found.pk)
    )
    known = tools().get(shown.tool)
    place = None
    if shown.state == State.QUEUED:
        waiting = look(shown.team, actions.visible(actor)).waiting
        place = next((row for row in waiting if row.job.pk == shown.pk), None)
    inputs = [
        (label_of(key), value_of(value))
        for key, value in shown.inputs.items()
        if key not in {"prompt", "model"} and value not in (None, "", [])
    ]
    context = _row(actor, shown) | {
        "tool_title": known.title if known else shown.tool,
        "final": shown.state in FINAL,
        "place": place,
        "begins": begins_of(actor, shown.batch or shown) if shown.state == State.QUEUED else None,
        "inputs": inputs,
        "prompt": shown.inputs.get("prompt") or "",
        "attempts": shown.attempt_rows.order_by("number"),
        "again": shown.retries.order_by("-id").first(),
        "works": gallery.visible(actor)
        .filter(job_links__job=shown, deleted_at=None)
        .order_by("job_links__index"),
        "wait_s": max(0.0, (shown.started_at - shown.created_at).total_seconds())
        if shown.started_at
        else None,
    }
    if request.headers.get("X-Fragment"):
        return render(request, "jobs/job_body.html", context)
    return render(request, "jobs/job.html", context | {"page_words": page_words()})


@never_cache
@require_safe
@page
def nodes(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The machines that run workers: device, memory, what is loaded, slots, when they were last heard."""
    require(actor, "node.view", None)
    found = _nodes(actor)
    context = {
        "nodes": found,
        "nodes_here": sum(1 for node in found if not node["away"]),
        "may_pause": can(actor, "node.pause", None),
    }
    if request.headers.get("X-Fragment"):
        return render(request, "jobs/nodes_body.html", context)
    return render(request, "jobs/nodes.html", context)


@require_POST
@page
def pause_node(request: HttpRequest, actor: Actor, name: str) -> HttpResponseRedirect:
    """Pause a node (what runs goes on, nothing new begins) or let it go on."""
    actions.pause_node(actor=actor, name=name, paused=request.POST.get("paused") == "1")
    return redirect("nodes")

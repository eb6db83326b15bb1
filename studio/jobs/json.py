"""Jobs, batches, nodes and the queue as api.md has them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef

from studio.clock import db_now, when
from studio.jobs import needs
from studio.jobs.actions.look import visible
from studio.jobs.models import Batch, Job, Node
from studio.jobs.queue import look
from studio.teams.models import Team
from studio.teams.rights import Actor


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    return round((end - start).total_seconds(), 3) if start and end else None


def job_json(job: Job) -> dict[str, Any]:
    """A job as readers get it. Prefetch `job_assets` for lists."""
    now = db_now()
    return {
        "id": str(job.pk),
        "state": job.state,
        "tool": job.tool,
        "tool_version": job.tool_version,
        "title": job.title,
        "medium": job.makes,
        "team": str(job.team_id),
        "author": str(job.author_id) if job.author_id else None,
        "inputs": job.inputs,
        "model": {"name": job.model_name, "digest": job.model_digest} if job.model_name else None,
        "parent": str(job.parent_id) if job.parent_id else None,
        "listed": job.listed,
        "priority": job.priority,
        "progress": job.progress,
        "eta_s": job.eta_s,
        "waiting_for": (job.waiting_for or None) if job.state == "queued" else None,
        "attempts": job.attempt,
        "node": job.node or None,
        "error": job.error,
        "assets": _assets(job) if job.attempt else [],
        "retry_of": str(job.retry_of_id) if job.retry_of_id else None,
        "batch": str(job.batch_id) if job.batch_id else None,
        "starts_at": when(job.starts_at) if job.state == "queued" else None,
        "idle": job.idle,
        "last_n": job.last_n,
        "created_at": when(job.created_at),
        "started_at": when(job.started_at),
        "finished_at": when(job.finished_at),
        "wait_s": _seconds(
            job.created_at, job.started_at or (now if job.state == "queued" else job.finished_at)
        ),
        "run_s": _seconds(job.started_at, job.finished_at or (now if job.state == "running" else None)),
        "energy_wh": job.energy_wh,
    }


def _assets(job: Job) -> list[dict[str, Any]]:
    links = sorted(job.job_assets.all(), key=lambda link: link.index)
    return [{"id": str(link.asset_id), "index": link.index} for link in links]


def batch_counts(batch: Batch) -> dict[str, int]:
    """Counts by state, of the newest job in each chain of retries."""
    newest = Job.objects.filter(batch=batch).filter(~Exists(Job.objects.filter(retry_of=OuterRef("pk"))))
    return dict(newest.order_by().values_list("state").annotate(Count("pk")))


def batch_json(batch: Batch) -> dict[str, Any]:
    return {
        "id": str(batch.pk),
        "team": str(batch.team_id),
        "author": str(batch.author_id) if batch.author_id else None,
        "tool": batch.tool,
        "title": batch.title,
        "total": batch.total,
        "counts": batch_counts(batch),
        "paused": batch.paused,
        "starts_at": when(batch.starts_at),
        "idle": batch.idle,
        "created_at": when(batch.created_at),
    }


def node_json(node: Node) -> dict[str, Any]:
    """A node as it last reported; `state` is here, paused or away."""
    away = db_now() - node.seen_at > needs.NODE_AWAY_AFTER
    return {
        "name": node.name,
        "state": "away" if away else "paused" if node.paused else "here",
        "device": node.device,
        "device_name": node.device_name,
        "cores": node.cores,
        "memory_bytes": node.memory_bytes,
        "memory_used_bytes": node.memory_used_bytes,
        "lanes": node.lanes,
        "slots": [
            {key: slot.get(key) for key in ("slot", "lane", "job", "short_only")} for slot in node.slots
        ],
        "loaded": node.loaded,
        "tools": node.tools,
        "seen_at": when(node.seen_at),
        "started_at": when(node.started_at),
    }


def queue_json(actor: Actor, team: Team | None = None) -> dict[str, Any]:
    """What runs and what waits, of one team or of all of the actor's, with reason and time left."""
    found = look(team, visible(actor))
    return {
        "running": [job_json(job) for job in found.running],
        "waiting": [
            job_json(row.job)
            | {"place": row.place, "waiting_for": row.reason, "starts_in_s": row.starts_in_s}
            for row in found.waiting
        ],
        "waiting_total": found.waiting_total,
        "left_s": found.left_s,
    }

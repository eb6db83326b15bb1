"""record: an event of a running attempt becomes a numbered fact."""

from __future__ import annotations

from typing import Any

from studio import durability
from studio.catalog import actions as catalog
from studio.jobs.events import number, tell
from studio.jobs.models import Job


def record(job: Job, kind: str, data: dict[str, Any]) -> int:
    """Number and store what the attempt yielded; returns the number.

    job: the row as `claim` gave it (its attempt is the fence). kind: progress, token, metric, checkpoint.
    Raises Fenced where the attempt no longer owns the job.
    """
    changes: dict[str, Any] = {}
    if kind == "progress":
        changes = {"progress": data["progress"], "eta_s": data.get("eta_s")}
    with durability.without_waiting():
        n = number(job, **changes)
        tell(job, n, kind, data)
        if kind == "progress" and job.makes == "model":
            catalog.record_progress(job, data["progress"])
    return n

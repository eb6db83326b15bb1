"""What is told of a job: its feed's events, and the line in its team's feed."""

from __future__ import annotations

from typing import Any

from studio import statements
from studio.feeds.actions import append, job_feed, tell_team
from studio.jobs.models import FINAL, Job


class Fenced(Exception):
    """The attempt no longer owns its job: it was cancelled, or another attempt has taken over."""


def number(job: Job, *, add: dict[str, int] | None = None, **changes: Any) -> int:
    """Raise the feed's counter of a running attempt and change columns (`add`: count up) in the same statement.

    Fenced where this attempt no longer runs: a zombie writes nothing. Call inside a transaction.
    """
    running = {"id": job.pk, "attempt": job.attempt, "state": "running"}
    drawn = statements.change(
        Job, running, put=changes, add={"last_n": 1} | (add or {}), returning=["last_n"]
    )
    if drawn is None:
        raise Fenced
    n: int = drawn[0]
    return n


def tell(job: Job, n: int, kind: str, data: dict[str, Any]) -> None:
    append(job_feed(job.pk), n, kind, data, attempt=job.attempt)


def tell_state(job: Job, n: int, **data: Any) -> None:
    """A state event of the job, and the team's line about it (last in the transaction)."""
    tell(job, n, "state", {"state": job.state, "final": job.state in FINAL, **data})
    tell_team(job.team_id, "state", team_line(job))


def team_line(job: Job) -> dict[str, Any]:
    """What the team hears of a job. Of an unlisted one (a chat turn) only that it runs, and whose it is."""
    line: dict[str, Any] = {
        "job": str(job.pk),
        "state": job.state,
        "tool": job.tool,
        "author": str(job.author_id) if job.author_id else None,
    }
    if job.listed:
        line |= {
            "title": job.title,
            "medium": job.makes,
            "batch": str(job.batch_id) if job.batch_id else None,
            "progress": job.progress,
        }
    return line

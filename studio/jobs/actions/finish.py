"""How an attempt goes on and ends: beat, finish, hand back, lose."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from studio import statements
from studio.catalog import actions as catalog
from studio.clock import db_now
from studio.jobs import fairshare, ports
from studio.jobs.dispatch import ring
from studio.jobs.events import Fenced, number, tell_state
from studio.jobs.models import Attempt, Job

CRASHES_ALLOWED = 3


def beat(job: Job) -> bool:
    """Renew the attempt's lease. Returns whether a cancel was asked for; Fenced where the lease is lost."""
    now = db_now()
    held = Attempt.objects.filter(job=job.pk, number=job.attempt, ended_at=None).update(
        lease_until=now + timedelta(seconds=settings.LEASE)
    )
    if not held:
        raise Fenced
    return cancel_asked(job)


def cancel_asked(job: Job) -> bool:
    """Whether this attempt should stop: somebody asked, or it no longer owns the job."""
    asked = Job.objects.filter(pk=job.pk, attempt=job.attempt, state="running").values_list(
        "cancel_asked", flat=True
    )
    return bool(asked[0]) if asked else True


def _end(job: Job, outcome: str, detail: str = "") -> float:
    """Close the attempt's row; returns how long it ran, in seconds: its share of what ran in one go with others."""
    now = db_now()
    ended = statements.change(
        Attempt,
        {"job": job.pk, "number": job.attempt, "ended_at": None},
        put={"ended_at": now, "outcome": outcome, "detail": detail[:300]},
        returning=["started_at", "together"],
    )
    if ended is None:  # never while the job's own row said that it runs
        raise Attempt.DoesNotExist
    ran: float = (now - ended[0]).total_seconds() / ended[1]
    fairshare.charge(job, ran - (job.estimate_s or fairshare.UNKNOWN_S))
    return ran


def finish(
    job: Job, *, state: str, error: dict[str, Any] | None = None, energy_wh: float | None = None
) -> None:
    """Final state and final event in one transaction. Fenced where the attempt no longer owns the job.

    state: succeeded, failed or cancelled. error: {kind, message, retryable}.
    """
    with transaction.atomic():
        changes: dict[str, Any] = {"progress": 1.0} if state == "succeeded" else {}
        changes |= {"error": error, "eta_s": None, "finished_at": db_now(), "energy_wh": energy_wh}
        n = number(job, state=state, **changes)
        job.state, job.error, job.last_n = state, error, n
        _end(job, state, (error or {}).get("message", ""))
        if job.makes == "model":
            catalog.on_install_end(job)
        tell_state(job, n, error=error)
        ports.tell_ended(job)


def _in_company(job: Job) -> bool:
    return Attempt.objects.filter(job=job.pk, number=job.attempt, together__gt=1).exists()


def hand_back(job: Job, *, reason: str, crashed: bool = False) -> None:
    """Put a running job back into the queue; at the third crash or lost lease it fails.

    crashed: the attempt died (child killed, lease lost). A hand-back by a worker that stops does not count, nor does a
    crash in company: who knows whose fault it was. The job runs alone then.
    """
    counts = crashed and not _in_company(job)
    if counts and job.crashes + 1 >= CRASHES_ALLOWED:
        message = _("It crashed the worker three times: %(reason)s") % {"reason": reason}
        Job.objects.filter(pk=job.pk, attempt=job.attempt).update(crashes=F("crashes") + 1)
        finish(job, state="failed", error={"kind": "crashed", "message": message, "retryable": True})
        return
    with transaction.atomic():
        asked = cancel_asked(job)
        state = "cancelled" if asked else "queued"
        final: dict[str, Any] = {"finished_at": db_now()} if asked else {}
        n = number(
            job,
            state=state,
            add={"crashes": int(counts)},
            waiting_for=reason[:200],
            eta_s=None,
            **final,
        )
        job.state, job.last_n = state, n
        _end(job, "crashed" if crashed else "handed-back", reason)
        if asked and job.makes == "model":
            catalog.on_install_end(job)
        tell_state(job, n, waiting_for=reason)
        if asked:
            ports.tell_ended(job)
        transaction.on_commit(lambda: ring(job.lane, job.device))

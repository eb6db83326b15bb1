"""cancel: Stop a running job, Cancel a waiting one. Touches this job only, whatever else happens at that moment."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from studio.catalog import actions as catalog
from studio.clock import db_now
from studio.jobs import ports
from studio.jobs.events import tell_state
from studio.jobs.models import Job
from studio.teams.rights import Actor, require


def cancel(*, actor: Actor, job: Job) -> Job:
    """Cancel it if it waits; ask the running attempt to stop otherwise; nothing changes when it has ended."""
    require(actor, "job.cancel", job)
    with transaction.atomic():
        ended = Job.objects.filter(pk=job.pk, state="queued").update(
            state="cancelled", finished_at=db_now(), last_n=F("last_n") + 1, cancel_asked=True, waiting_for=""
        )
        if ended:
            job.refresh_from_db()
            if job.makes == "model":
                catalog.on_install_end(job)
            tell_state(job, job.last_n)
            ports.tell_ended(job)
            return job
        Job.objects.filter(pk=job.pk, state="running").update(cancel_asked=True)
    job.refresh_from_db()
    return job

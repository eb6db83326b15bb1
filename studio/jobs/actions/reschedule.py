"""reschedule: have what waits begin at another time, or at once. begin_due: the time of some has come."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from studio import statements
from studio.clock import db_now
from studio.feeds.actions import tell_team
from studio.jobs import fairshare
from studio.jobs.actions.batch import locked, set_ready, tell_batch
from studio.jobs.dispatch import ring
from studio.jobs.events import team_line
from studio.jobs.models import Batch, Job
from studio.jobs.when import When
from studio.problems import Conflict
from studio.teams.rights import Actor, require

AT_ONCE = 200  # single jobs that one pass begins

# Spelled out: an index on "queued, of no batch" serves only a query that says so.
_DUE = f"""
SELECT job.id FROM jobs_job job
WHERE job.state = 'queued' AND job.batch_id IS NULL AND job.starts_at <= %s
ORDER BY job.starts_at LIMIT {AT_ONCE}
"""


def reschedule(*, actor: Actor, job: Job, when: When) -> Job:
    """Of a single job that waits. Conflict where it no longer does, or is one of a batch."""
    require(actor, "job.cancel", job)
    if job.batch_id is not None:
        raise Conflict(_("It is one of a batch: choose when the batch runs."))
    with transaction.atomic():
        row = Job.objects.select_for_update().filter(pk=job.pk, state="queued").first()
        if row is None:
            raise Conflict(_("This job no longer waits."))
        _change(row, when)
    return row


def reschedule_batch(*, actor: Actor, batch: Batch, when: When) -> None:
    """Of what waits of a batch; what runs goes on. A paused one stays paused. Conflict where nothing of it waits."""
    require(actor, "job.cancel", batch)
    with transaction.atomic():
        locked(batch)
        _change_batch(batch, when)


def begin_due() -> int:
    """Give their turn to the jobs and batches whose time has come; returns how many. The sweeper asks every second.

    It goes by rows, so what waited through a restart begins as soon as the sweeper is back.
    """
    now, begun = db_now(), 0
    for (pk,) in statements.rows(_DUE, [statements.key(Job, "starts_at", now)]):
        with transaction.atomic():
            waiting = Job.objects.select_for_update().filter(pk=pk, state="queued", starts_at__lte=now)
            row = waiting.first()
            if row is not None:
                _change(row, When(idle=row.idle))
                begun += 1
    for batch in Batch.objects.filter(open=True, paused=False, starts_at__lte=now).defer("request"):
        with transaction.atomic():
            locked(batch)
            if batch.paused or batch.starts_at is None or batch.starts_at > now:
                continue  # changed meanwhile
            try:
                _change_batch(batch, When(idle=batch.idle))
                begun += 1
            except Conflict:  # all of it was cancelled
                Batch.objects.filter(pk=batch.pk).update(starts_at=None)
    return begun


def _change(job: Job, when: When) -> None:
    """A locked row that waits."""
    job.starts_at, job.idle, job.ready = when.starts_at, when.idle, when.starts_at is None
    if job.ready:
        fairshare.join(job)
        transaction.on_commit(lambda: ring(job.lane, job.device))
    job.save(update_fields=["starts_at", "idle", "ready"])
    tell_team(job.team_id, "state", team_line(job))


def _change_batch(batch: Batch, when: When) -> None:
    """A locked row."""
    batch.starts_at, batch.idle = when.starts_at, when.idle
    if not set_ready(batch):
        raise Conflict(_("Nothing of this batch waits any more."))
    batch.save(update_fields=["starts_at", "idle"])
    tell_batch(batch)

"""move: put a waiting job before another of the same person's, or last among them."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from studio.feeds.actions import tell_team
from studio.jobs.events import team_line
from studio.jobs.models import Job
from studio.problems import Conflict
from studio.teams.rights import Actor, require


def move(*, actor: Actor, job: Job, before: Job | None = None) -> None:
    """Run `job` before `before`, or after all others of its author's where that is None.

    Only the order within one person's waiting jobs can be changed: between people, fair share decides. The job takes
    the priority of the one it goes before, and a position between its new neighbours'.
    """
    require(actor, "job.move", job)
    mine = Job.objects.filter(
        team=job.team, author=job.author, lane=job.lane, state="queued", ready=job.ready, idle=job.idle
    ).exclude(pk=job.pk)
    with transaction.atomic():
        if before is None:
            last = mine.order_by("priority", "-position").first()
            priority, position = (
                (last.priority, last.position + 1.0) if last else (job.priority, job.position)
            )
        else:
            target = mine.filter(pk=before.pk).first()
            if target is None:
                raise Conflict(_("A job can be moved among the waiting jobs of the same person."))
            ahead = (
                mine.filter(priority=target.priority, position__lt=target.position)
                .order_by("-position")
                .first()
            )
            priority = target.priority
            position = (ahead.position + target.position) / 2 if ahead else target.position - 1.0
        if priority > max(job.priority, 0):
            require(actor, "job.prioritise", job)
        moved = Job.objects.filter(pk=job.pk, state="queued").update(priority=priority, position=position)
        if not moved:
            raise Conflict(_("This job no longer waits."))
        job.refresh_from_db()
        tell_team(job.team_id, "state", team_line(job))

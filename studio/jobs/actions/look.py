"""Which jobs and batches somebody may see."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet

from studio.jobs.models import Batch, Job
from studio.teams.models import key_of
from studio.teams.rights import Actor, NotThere, require


def visible(actor: Actor) -> QuerySet[Job]:
    """Jobs of the actor's teams; of unlisted ones (chat turns) only the actor's own."""
    return Job.objects.filter(Q(listed=True) | Q(author=actor.user), team__in=actor.team_ids)


def get_visible(actor: Actor, job_id: str | uuid.UUID, verb: str = "job.view") -> Job:
    """The job, if this actor may do `verb` to it; NotThere, NotAllowed."""
    job = visible(actor).filter(pk=key_of(job_id)).first()
    if job is None:
        raise NotThere
    require(actor, verb, job)
    return job


def visible_batches(actor: Actor) -> QuerySet[Batch]:
    """Open batches of the actor's teams; what each was asked for is read where somebody looks at it."""
    return Batch.objects.filter(team__in=actor.team_ids, open=True).defer("request")


def get_visible_batch(actor: Actor, batch_id: uuid.UUID, verb: str = "batch.view") -> Batch:
    """The batch, if this actor may do `verb` to it; NotThere, NotAllowed."""
    batch = visible_batches(actor).filter(pk=batch_id).first()
    if batch is None:
        raise NotThere
    require(actor, verb, batch)
    return batch

"""claim: a free slot asks the rows for its next job."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from generators.registry import get as get_tool
from studio.clock import db_now
from studio.jobs import fairshare, needs
from studio.jobs.events import tell_state
from studio.jobs.models import Attempt, Job, Node
from studio.problems import Problem

log = logging.getLogger(__name__)

CANDIDATES = 16
WARM_LAG = timedelta(seconds=30)  # a model that is loaded may win only over a job that has waited less


@dataclass(frozen=True)
class Slot:
    """Who asks. memory_bytes: what the slot may use now; loaded: digests of the models it holds.

    short_only: takes only jobs estimated under a minute, so that a chat answers while a film renders.
    """

    node: str
    name: str
    lane: str
    memory_bytes: int
    short_only: bool = False
    loaded: Collection[str] = field(default_factory=frozenset)


def claim(slot: Slot) -> Job | None:
    """The next job for this slot, now running under a new attempt and lease; None where none waits that it could run.

    Order: the team, then the person, with the least virtual time; of that person's, single jobs before batch jobs,
    then priority and age. The returned row carries its `attempt`, the fence of everything the slot writes.
    """
    node = Node.objects.filter(pk=slot.node, paused=False).first()
    if node is None:
        return None
    eligible = Job.objects.filter(
        needs.runnable(node), state="queued", ready=True, lane=slot.lane, memory_bytes__lte=slot.memory_bytes
    )
    if slot.short_only:
        eligible = eligible.filter(needs.short(node))
    waiting = list(eligible.order_by().values_list("team", "author").distinct())
    for team, author in fairshare.order(slot.lane, waiting):
        for job in _candidates(eligible.filter(team=team, author=author), slot):
            taken = _take(job, node, slot)
            if taken is not None:
                return taken
    return None


def _candidates(jobs: QuerySet[Job], slot: Slot) -> list[Job]:
    """The first few of one person's, a loaded model before others within the lag."""
    found = list(jobs.order_by(F("batch").asc(nulls_first=True), "-priority", "position", "id")[:CANDIDATES])
    if found and db_now() - found[0].created_at < WARM_LAG:
        cold = [job for job in found if job.model_digest not in slot.loaded]
        if cold and cold[0] is found[0] and found[0].model_digest:
            same = [
                job for job in found if job.model_digest in slot.loaded and job.priority == found[0].priority
            ]
            found = same + [job for job in found if job not in same]
    return found


def _take(job: Job, node: Node, slot: Slot) -> Job | None:
    """Take the row if nobody else has: conditional update, attempt, lease, event and charge in one transaction."""
    version = node.tools.get(job.tool)
    other_version = version != job.tool_version
    if other_version and _somebody_has(job):
        return None
    seconds = needs.seconds(job, [node])
    with transaction.atomic():
        if connection.vendor == "postgresql":  # do not stand in line behind another slot's claim
            rows = Job.objects.select_for_update(skip_locked=True).filter(pk=job.pk)
            if not rows.exists():
                return None
        now = db_now()
        changed = Job.objects.filter(pk=job.pk, state="queued", ready=True, attempt=job.attempt).update(
            state="running",
            attempt=F("attempt") + 1,
            last_n=F("last_n") + 1,
            node=node.name,
            waiting_for="",
            progress=0.0,
            estimate_s=seconds,
            eta_s=seconds,
            started_at=Coalesce("started_at", now),
        )
        if not changed:
            return None
        job.refresh_from_db()
        Attempt.objects.create(
            job=job,
            number=job.attempt,
            node=node.name,
            slot=slot.name,
            started_at=now,
            lease_until=now + timedelta(seconds=settings.LEASE),
        )
        fairshare.charge(job, seconds or fairshare.UNKNOWN_S)
        tell_state(job, job.last_n, node=node.name, eta_s=seconds)
    if other_version and not _revalidate(job):
        return None
    return job


def _somebody_has(job: Job) -> bool:
    """Whether a node that is here still runs the version that the job was made with."""
    live = needs.known_nodes().filter(Q(seen_at__gt=db_now() - needs.NODE_AWAY_AFTER))
    return any(node.tools.get(job.tool) == job.tool_version for node in live)


def _revalidate(job: Job) -> bool:
    """No node has the job's tool version any more: check its inputs against ours and record that it runs ours."""
    from studio.jobs.actions.finish import finish
    from studio.jobs.actions.submit import parse

    tool = get_tool(job.tool)
    try:
        parse(tool, job.inputs)
    except Problem as problem:
        detail = f"The tool has changed since this was asked, and its inputs no longer fit: {problem.detail}"
        finish(job, state="failed", error={"kind": "tool-changed", "message": detail, "retryable": False})
        return False
    Job.objects.filter(pk=job.pk).update(tool_version=tool.version)
    job.tool_version = tool.version
    return True

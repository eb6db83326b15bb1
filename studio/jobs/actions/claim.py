"""claim: a free slot asks the rows for its next job."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Q

from generators.registry import get as get_tool
from studio import durability, statements
from studio.clock import db_now
from studio.jobs import fairshare, needs
from studio.jobs.events import tell_state
from studio.jobs.models import Attempt, Job, Node
from studio.problems import Problem

log = logging.getLogger(__name__)

CANDIDATES = 16
WARM_LAG = timedelta(seconds=30)  # how long the job whose turn it is may be passed over for loaded models
LEAD_S = 30.0  # seconds of work by which one may be ahead of the one whose turn it is, and still go first …
LEAD_JOBS = 4  # … and no more than this many jobs of that length


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
    then priority and age. A job whose model the slot holds may go before the one whose turn it is, see `_warm`. Jobs
    that run when idle come only where nothing else waits that the node could run; and never into the place for short
    ones, so that whoever comes then finds it free. The returned row carries its `attempt`, the fence of everything the
    slot writes.
    """
    node = node_of(slot.node)
    if node is None:
        return None
    can_run = needs.runnable(node, slot.lane, slot.memory_bytes)
    if slot.short_only:
        return _take_first(can_run & needs.short(node), node, slot)
    return _take_first(can_run, node, slot) or _take_first(
        needs.runnable(node, slot.lane, slot.memory_bytes, idle=True), node, slot, idle=True
    )


def _take_first(can_run: needs.Condition, node: Node, slot: Slot, *, idle: bool = False) -> Job | None:
    for job in _candidates(can_run, node, slot, idle):
        taken = take(job, node, slot)
        if taken is not None:
            return taken
    return None


def _others_wait(node: Node, slot: Slot) -> bool:
    """Whether anything waits in turn that the node could run, be it in another slot or with memory that is in use."""
    turn = needs.runnable(node, slot.lane, node.memory_bytes)
    return bool(statements.rows(f"SELECT 1 FROM jobs_job job WHERE {turn.sql} LIMIT 1", turn.values))


_NODE = ("device", "memory_bytes", "tools", "speeds")


def node_of(name: str) -> Node | None:
    """What a claim looks at of a node that is not paused."""
    found = statements.read(Node, {"name": name, "paused": False}, _NODE)
    return Node(name=name, **dict(zip(_NODE, found, strict=True))) if found is not None else None


def _candidates(can_run: needs.Condition, node: Node, slot: Slot, idle: bool) -> Iterator[Job]:
    """The jobs to try, best first: the warm one where it may pass, then everybody's in turn."""
    people = fairshare.waiting(fairshare.account(slot.lane, idle), can_run.sql, can_run.values)
    if not people or (idle and _others_wait(node, slot)):
        return
    first = _of(people[0], can_run)
    if first and slot.loaded:
        yield from _warm(first[0], people, can_run, node, slot)
    yield from first
    for person in people[1:]:
        yield from _of(person, can_run)


def _of(person: fairshare.Share, can_run: needs.Condition) -> list[Job]:
    """The first few of one person's: single jobs, else those of batches, the older batch first."""
    theirs = needs.Condition("job.team_id = %s", (person.team,))
    if person.author is None:
        theirs &= needs.Condition("job.author_id IS NULL")
    else:
        theirs &= needs.Condition("job.author_id = %s", (person.author,))
    order = "job.priority DESC, job.position, job.id"
    return _rows(can_run & theirs & needs.Condition("job.batch_id IS NULL"), order) or _rows(
        can_run & theirs & needs.Condition("job.batch_id IS NOT NULL"), f"job.batch_id, {order}"
    )


def waiting_of(job: Job, can_run: needs.Condition) -> list[Job]:
    """The first few that wait of the same person, in the same batch or as single jobs, in their order."""
    mine = fairshare.Share(
        statements.key(Job, "team", job.team_id), statements.key(Job, "author", job.author_id), 0.0, 0.0
    )
    return _of(mine, can_run)


def _rows(condition: needs.Condition, order: str) -> list[Job]:
    sql = f"SELECT job.* FROM jobs_job job WHERE {condition.sql} ORDER BY {order} LIMIT {CANDIDATES}"
    return list(Job.objects.raw(sql, condition.values))


def _warm(
    turn: Job, people: list[fairshare.Share], can_run: needs.Condition, node: Node, slot: Slot
) -> Iterator[Job]:
    """A job whose model is loaded, to run before `turn`, whose model is not: loading takes longer than many jobs do.

    The bounds: `turn` is passed over for at most WARM_LAG, counted from the first time; whoever goes first leads the one
    whose turn it is by at most LEAD_S and LEAD_JOBS; among one person's jobs priority stands.
    """
    if not turn.model_digest or turn.model_digest in slot.loaded:
        return
    if turn.passed_at is not None and db_now() - turn.passed_at >= WARM_LAG:
        return
    for person in people[:CANDIDATES]:
        lead = person.lead(people[0])
        if lead > LEAD_S:
            return
        theirs = _of(person, can_run)
        for job in theirs:
            if job.model_digest not in slot.loaded or job.priority != theirs[0].priority:
                continue
            if lead <= LEAD_JOBS * (needs.seconds(job, [node]) or fairshare.UNKNOWN_S):
                if turn.passed_at is None:
                    Job.objects.filter(pk=turn.pk, passed_at=None).update(passed_at=db_now())
                yield job
                return
            break


def take(job: Job, node: Node, slot: Slot, together: int = 1) -> Job | None:
    """Take the row if nobody else has: conditional update, attempt, lease, event and charge in one transaction."""
    other_version = node.tools.get(job.tool) != job.tool_version
    if other_version and _somebody_has(job):
        return None
    seconds = needs.seconds(job, [node])
    with durability.without_waiting():
        if connection.vendor == "postgresql":  # do not stand in line behind another slot's claim
            rows = Job.objects.select_for_update(skip_locked=True).filter(pk=job.pk)
            if not rows.exists():
                return None
        now = db_now()
        waiting = {"id": job.pk, "state": "queued", "ready": True, "attempt": job.attempt}
        begun = {
            "state": "running",
            "node": node.name,
            "waiting_for": "",
            "progress": 0.0,
            "estimate_s": seconds,
            "eta_s": seconds,
            "started_at": job.started_at or now,
        }
        counters = ("attempt", "last_n")
        drawn = statements.change(Job, waiting, put=begun, add=dict.fromkeys(counters, 1), returning=counters)
        if drawn is None:
            return None
        for name, value in (begun | dict(zip(counters, drawn, strict=True))).items():
            setattr(job, name, value)
        statements.insert(
            Attempt(
                job=job,
                number=job.attempt,
                node=node.name,
                slot=slot.name,
                together=together,
                started_at=now,
                lease_until=now + timedelta(seconds=settings.LEASE),
            )
        )
        fairshare.charge(job, seconds or fairshare.UNKNOWN_S)
        tell_state(job, job.last_n, node=node.name, eta_s=seconds)
    if other_version and not _revalidate(job):
        return None
    return job


def moved(job: Job, slot: str) -> None:
    """Note that a claimed job runs in another slot of the node: one that holds its model."""
    Attempt.objects.filter(job=job.pk, number=job.attempt).update(slot=slot)


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

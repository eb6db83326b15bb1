"""The queue as people see it: what runs, and what waits in the order in which it will run, with the reason."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generators.tool import Needs
from studio.clock import db_now
from studio.jobs import fairshare, needs
from studio.jobs import when as begins
from studio.jobs.models import Job, Node
from studio.teams.models import Team

SHOWN = 200
ORDERED_BY = (
    *("lane", "team_id", "author_id", "batch_id", "tool", "model_digest", "memory_bytes", "device", "work"),
    *("idle", "waiting_for"),
)
"""What the order, its times and its reasons need of a job."""


@dataclass(frozen=True)
class Waiting:
    """A waiting job, its place from 1 among all teams' jobs of its lane, why it waits, and when it should begin."""

    job: Job
    place: int
    starts_in_s: float | None
    nodes: list[Node]
    people: int

    @property
    def reason(self) -> str:
        """Why it waits, in words; asked of the few that are shown."""
        return _reason(self.job, self.nodes, self.place, self.people)


@dataclass(frozen=True)
class Queue:
    """running, waiting (at most 200), how many wait in all, and the seconds until the team's last one is done."""

    running: list[Job]
    waiting: list[Waiting]
    waiting_total: int
    left_s: float | None


def look(team: Team | None, visible: QuerySet[Job]) -> Queue:
    """The queue of one team (None: of all that are visible). `visible` bounds what is shown; order counts everybody."""
    shown = visible.filter(team=team) if team is not None else visible
    running = list(shown.filter(state="running").select_related("author", "team").order_by("started_at"))
    nodes = list(needs.known_nodes())
    queued = shown.filter(state="queued")
    ids = set(queued.filter(ready=True).values_list("pk", flat=True)[: SHOWN * 5])
    waiting = _in_order(ids, nodes)
    held = _held(queued, nodes, SHOWN - len(waiting))
    return Queue(running, _whole(waiting[:SHOWN] + held), queued.count(), _left(running, waiting, nodes))


def _held(queued: QuerySet[Job], nodes: list[Node], most: int) -> list[Waiting]:
    """What has no turn yet, after all that has: what waits for a time, the next first, then what is paused."""
    if most <= 0:
        return []
    rows = queued.filter(ready=False).only("pk", "starts_at", "lane")
    ordered = rows.order_by(F("starts_at").asc(nulls_last=True), "batch", "position", "pk")[:most]
    now = db_now()
    before = {
        lane: Job.objects.filter(state="queued", ready=True, lane=lane).count()
        for lane in {job.lane for job in ordered}
    }
    found = []
    for job in ordered:
        before[job.lane] += 1
        left = max(0.0, (job.starts_at - now).total_seconds()) if job.starts_at else None
        found.append(Waiting(job, before[job.lane], left, nodes, 1))
    return found


def _whole(rows: list[Waiting]) -> list[Waiting]:
    """With all that is shown of their jobs: the order needs little of thousands, people see much of few."""
    # What a batch was asked for may be ten thousand rows, and would be read anew with each of its jobs.
    jobs = Job.objects.select_related("author", "team", "batch").defer("batch__request")
    found = jobs.in_bulk([row.job.pk for row in rows])
    return [replace(row, job=found[row.job.pk]) for row in rows if row.job.pk in found]


def _in_order(ids: set[UUID], nodes: list[Node]) -> list[Waiting]:
    """Replay fair share over what waits: the order in which claims would take it, as things stand."""
    rows: list[Waiting] = []
    everything = Job.objects.filter(state="queued", ready=True).only(*ORDERED_BY)
    by_lane: dict[str, People] = defaultdict(lambda: defaultdict(list))
    idle: dict[str, People] = defaultdict(lambda: defaultdict(list))
    for job in everything.order_by("idle", "-priority", "position", "id")[: SHOWN * 10]:
        (idle if job.idle else by_lane)[job.lane][job.team_id, job.author_id].append(job)
    for lane in [*by_lane, *(lane for lane in idle if lane not in by_lane)]:
        slots = sum(1 for n in nodes for s in n.slots if s.get("lane") == lane) or 1
        ahead = Ahead(0, 0.0)
        for account, people in ((lane, by_lane[lane]), (fairshare.account(lane, True), idle[lane])):
            found, ahead = _turns(account, people, nodes, slots, ids, ahead)
            rows += found
    return rows


People = dict[tuple[UUID, UUID | None], list[Job]]


@dataclass(frozen=True)
class Ahead:
    """How many wait before, and how long all of those run; None where nobody can tell."""

    n: int
    seconds: float | None


def _turns(
    account: str, people: People, nodes: list[Node], slots: int, ids: set[UUID], ahead: Ahead
) -> tuple[list[Waiting], Ahead]:
    """Those that an account of a lane has waiting, in order; and what then is ahead of whatever comes after."""
    order = fairshare.order(account, list(people))
    for jobs in people.values():
        jobs.sort(key=lambda job: job.batch_id is not None)
    used = {who: float(at) * 1e-3 for at, who in enumerate(order)}
    ahead_s, known, place = ahead.seconds or 0.0, ahead.seconds is not None, ahead.n
    rows: list[Waiting] = []
    queues = {who: list(jobs) for who, jobs in people.items()}
    while queues:
        who = min(queues, key=lambda key: used[key])
        job = queues[who].pop(0)
        if not queues[who]:
            del queues[who]
        seconds = needs.seconds(job, nodes)
        used[who] += seconds or fairshare.UNKNOWN_S
        place += 1
        if job.pk in ids:
            rows.append(Waiting(job, place, ahead_s / slots if known else None, nodes, len(people)))
        known = known and seconds is not None
        ahead_s += seconds or 0.0
    return rows, Ahead(place, ahead_s if known else None)


def _reason(job: Job, nodes: list[Node], place: int, people: int) -> str:
    """Why it waits, in words."""
    if not job.ready:
        return held_words(job)
    wanted = Needs(job.memory_bytes, "cuda" if job.device == "cuda" else "any", job.work)
    found = needs.place(job.tool, job.lane, wanted, nodes)
    if found.when != "now":
        return found.reason
    if job.waiting_for:
        return job.waiting_for
    if job.idle:
        return begins.words(job)
    if place == 1:
        return _("Next.")
    if people > 1:
        return ngettext(
            "After one other, so that everyone gets a turn.",
            "After %(n)s others, so that everyone gets a turn.",
            place - 1,
        ) % {"n": place - 1}
    return ngettext("After one other.", "After %(n)s others.", place - 1) % {"n": place - 1}


def held_words(job: Job) -> str:
    """Why a job has no turn yet."""
    paused = job.batch is not None and job.batch.paused
    return _("Its batch is paused.") if paused or job.starts_at is None else begins.words(job)


def _left(running: list[Job], waiting: list[Waiting], nodes: list[Node]) -> float | None:
    """Seconds until all that runs or has its turn is done; None where nobody can tell."""
    left = 0.0
    for job in running:
        left = max(left, job.eta_s or 0.0)
    for row in waiting:
        seconds = needs.seconds(row.job, nodes)
        if seconds is None or row.starts_in_s is None:
            return None
        left = max(left, row.starts_in_s + seconds)
    return left if running or waiting else 0.0

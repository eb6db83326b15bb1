"""The queue as people see it: what runs, and what waits in the order in which it will run, with the reason."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generators.tool import Needs
from studio.jobs import fairshare, needs
from studio.jobs.models import Job, Node
from studio.teams.models import Team

SHOWN = 200
ORDERED_BY = (
    *("lane", "team_id", "author_id", "batch_id", "tool", "model_digest", "memory_bytes", "device", "work"),
    *("ready", "waiting_for"),
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
    ids = set(shown.filter(state="queued").values_list("pk", flat=True)[: SHOWN * 5])
    waiting = _in_order(ids, nodes)
    total = shown.filter(state="queued").count()
    return Queue(running, _whole(waiting[:SHOWN]), total, _left(running, waiting, nodes))


def _whole(rows: list[Waiting]) -> list[Waiting]:
    """With all that is shown of their jobs: the order needs little of thousands, people see much of few."""
    # What a batch was asked for may be ten thousand rows, and would be read anew with each of its jobs.
    jobs = Job.objects.select_related("author", "team", "batch").defer("batch__request")
    found = jobs.in_bulk([row.job.pk for row in rows])
    return [replace(row, job=found[row.job.pk]) for row in rows if row.job.pk in found]


def _in_order(ids: set[UUID], nodes: list[Node]) -> list[Waiting]:
    """Replay fair share over what waits: the order in which claims would take it, as things stand."""
    rows: list[Waiting] = []
    everything = Job.objects.filter(state="queued").only(*ORDERED_BY)
    by_lane: dict[str, dict[tuple[UUID, UUID | None], list[Job]]] = defaultdict(lambda: defaultdict(list))
    for job in everything.order_by("-priority", "position", "id")[: SHOWN * 10]:
        by_lane[job.lane][job.team_id, job.author_id].append(job)
    slots = {lane: sum(1 for n in nodes for s in n.slots if s.get("lane") == lane) or 1 for lane in by_lane}
    for lane, people in by_lane.items():
        rows += _lane(lane, people, nodes, slots[lane], ids)
    return rows


def _lane(
    lane: str,
    people: dict[tuple[UUID, UUID | None], list[Job]],
    nodes: list[Node],
    slots: int,
    ids: set[UUID],
) -> list[Waiting]:
    order = fairshare.order(lane, list(people))
    for jobs in people.values():
        jobs.sort(key=lambda job: job.batch_id is not None)
    used = {who: float(at) * 1e-3 for at, who in enumerate(order)}
    ahead_s, known, place = 0.0, True, 0
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
    return rows


def _reason(job: Job, nodes: list[Node], place: int, people: int) -> str:
    """Why it waits, in words."""
    if not job.ready:
        return _("Its batch is paused.")
    wanted = Needs(job.memory_bytes, "cuda" if job.device == "cuda" else "any", job.work)
    found = needs.place(job.tool, job.lane, wanted, nodes)
    if found.when != "now":
        return found.reason
    if job.waiting_for:
        return job.waiting_for
    if place == 1:
        return _("Next.")
    if people > 1:
        return ngettext(
            "After one other, so that everyone gets a turn.",
            "After %(n)s others, so that everyone gets a turn.",
            place - 1,
        ) % {"n": place - 1}
    return ngettext("After one other.", "After %(n)s others.", place - 1) % {"n": place - 1}


def _left(running: list[Job], waiting: list[Waiting], nodes: list[Node]) -> float | None:
    """Seconds until all of it is done; None where nobody can tell."""
    left = 0.0
    for job in running:
        left = max(left, job.eta_s or 0.0)
    for row in waiting:
        seconds = needs.seconds(row.job, nodes)
        if seconds is None or row.starts_in_s is None:
            return None
        left = max(left, row.starts_in_s + seconds)
    return left if running or waiting else 0.0

"""Fair share: among those who wait, the team, then the person, that has used least goes next.

Start-time fair queueing by virtual time (Goyal, Vin, Cheng 1996), without weights: whoever runs is charged the
estimate at claim, corrected by the truth at the end. Who joins starts at the least that anybody active has used, so
that having been away saves nothing up.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import F, Min, Q
from django.db.models.functions import Greatest

from studio.jobs.models import FairShare, Job
from studio.teams.models import User

Who = tuple[uuid.UUID, uuid.UUID | None]
"""A team and a person in it."""

UNKNOWN_S = 10.0  # what a job is charged at claim whose time nobody can tell


def join(job: Job) -> None:
    """Before a job is inserted: whoever has none waiting or running starts at the least active value."""
    active = Job.objects.filter(lane=job.lane, state__in=["queued", "running"])
    if not active.filter(team=job.team).exists():
        teams = active.values("team").distinct()
        _lift(job.lane, job.team_id, None, Q(team__in=teams, user=None))
    if not active.filter(team=job.team, author=job.author).exists():
        people = active.filter(team=job.team).values("author").distinct()
        _lift(job.lane, job.team_id, job.author, Q(team=job.team, user__in=people))


def _lift(lane: str, team_id: uuid.UUID, user: User | None, others: Q) -> None:
    least = FairShare.objects.filter(others, lane=lane).aggregate(least=Min("used"))["least"] or 0.0
    share, _made = FairShare.objects.get_or_create(lane=lane, team_id=team_id, user=user)
    if share.used < least:
        FairShare.objects.filter(pk=share.pk).update(used=Greatest(F("used"), least))


def charge(job: Job, seconds: float) -> None:
    """Add seconds (may be negative: a correction) to the team's and the person's account."""
    FairShare.objects.filter(lane=job.lane, team=job.team_id, user=None).update(used=F("used") + seconds)
    FairShare.objects.filter(lane=job.lane, team=job.team_id, user=job.author_id).update(
        used=F("used") + seconds
    )


def order(lane: str, waiting: Iterable[Who]) -> list[Who]:
    """(team, person) pairs of those who wait, who is next first."""
    waiting = list(waiting)
    rows = FairShare.objects.filter(lane=lane, team__in={team for team, _ in waiting})
    used = {(row.team_id, row.user_id): row.used for row in rows}
    return sorted(waiting, key=lambda who: (used.get((who[0], None), 0.0), used.get(who, 0.0), str(who)))

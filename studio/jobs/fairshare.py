"""Fair share: among those who wait, the team, then the person, that has used least goes next.

Start-time fair queueing by virtual time (Goyal, Vin, Cheng 1996), without weights: whoever runs is charged the
estimate at claim, corrected by the truth at the end. Who joins starts at the least that anybody active has used, so
that having been away saves nothing up. What runs only while nothing else waits takes nobody's turn, so it is charged to an
account of its own, by which those who have such work take turns among themselves.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from studio.jobs.models import FairShare, Job
from studio.statements import key, rows

Who = tuple[uuid.UUID, uuid.UUID | None]
"""A team and a person in it."""

UNKNOWN_S = 10.0  # what a job is charged at claim whose time nobody can tell
HAIR_S = 1e-6  # who joins goes before those who are at it and have used as much


@dataclass(frozen=True)
class Share:
    """Somebody who waits: ids as the database has them (the author's is None where the account is gone), and the
    virtual time that the team and the person have used, in seconds."""

    team: Any
    author: Any
    team_used: float
    used: float

    def lead(self, first: Share) -> float:
        """Seconds by which this one has used more than the one who is next, teams before people."""
        return self.used - first.used if self.team == first.team else self.team_used - first.team_used


def account(lane: str, idle: bool) -> str:
    """Under which name a lane's work is charged."""
    return f"{lane}.idle" if idle else lane


_ACTIVE = (
    "job.lane = %s AND job.idle = %s AND job.ready AND job.state IN ('queued', 'running') AND job.team_id = "
)

_JOINED = f"""
SELECT EXISTS(SELECT 1 FROM jobs_job job WHERE {_ACTIVE} %s),
       EXISTS(SELECT 1 FROM jobs_job job WHERE {_ACTIVE} %s AND job.author_id = %s)
"""

_JOIN_TEAM = f"""
INSERT INTO jobs_fairshare (lane, team_id, user_id, used)
SELECT %s, %s, NULL, COALESCE(MIN(share.used) - {HAIR_S}, 0) FROM jobs_fairshare share
WHERE share.lane = %s AND share.user_id IS NULL
  AND EXISTS(SELECT 1 FROM jobs_job job WHERE {_ACTIVE} share.team_id)
ON CONFLICT (lane, team_id) WHERE user_id IS NULL
DO UPDATE SET used = CASE WHEN excluded.used > jobs_fairshare.used THEN excluded.used ELSE jobs_fairshare.used END
"""

_JOIN_PERSON = f"""
INSERT INTO jobs_fairshare (lane, team_id, user_id, used)
SELECT %s, %s, %s, COALESCE(MIN(share.used) - {HAIR_S}, 0) FROM jobs_fairshare share
WHERE share.lane = %s AND share.team_id = %s
  AND EXISTS(SELECT 1 FROM jobs_job job WHERE {_ACTIVE} share.team_id AND job.author_id = share.user_id)
ON CONFLICT (lane, team_id, user_id) WHERE user_id IS NOT NULL
DO UPDATE SET used = CASE WHEN excluded.used > jobs_fairshare.used THEN excluded.used ELSE jobs_fairshare.used END
"""


def join(job: Job) -> None:
    """Before a job may be claimed: whoever has none ready or running starts at the least active value."""
    name = account(job.lane, job.idle)
    kind: list[Any] = [job.lane, job.idle]
    team, user = key(FairShare, "team", job.team_id), key(FairShare, "user", job.author_id)
    ((team_is_here, person_is_here),) = rows(_JOINED, [*kind, team, *kind, team, user])
    with connection.cursor() as cursor:
        if not team_is_here:
            cursor.execute(_JOIN_TEAM, [name, team, name, *kind])
        if not person_is_here and user is not None:
            cursor.execute(_JOIN_PERSON, [name, team, user, name, team, *kind])


def charge(job: Job, seconds: float) -> None:
    """Add seconds (may be negative: a correction) to the team's and the person's account."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE jobs_fairshare SET used = used + %s"
            " WHERE lane = %s AND team_id = %s AND (user_id IS NULL OR user_id = %s)",
            [
                seconds,
                account(job.lane, job.idle),
                key(FairShare, "team", job.team_id),
                key(FairShare, "user", job.author_id),
            ],
        )


def waiting(account: str, jobs: str, values: Sequence[Any]) -> list[Share]:
    """Who of an account's has a job for which the condition `jobs` (on the table as "job") holds, who is next first.

    It asks for each account whether there is one such job, so it costs by people, not by how much they have waiting.
    """
    theirs = f"SELECT 1 FROM jobs_job job WHERE {jobs} AND job.team_id = share.team_id AND job.author_id"
    found = rows(
        f"""
        SELECT share.team_id, share.user_id, team.used, share.used
        FROM jobs_fairshare share
        JOIN jobs_fairshare team ON team.lane = share.lane AND team.team_id = share.team_id AND team.user_id IS NULL
        WHERE share.lane = %s
          AND (EXISTS({theirs} = share.user_id) OR (share.user_id IS NULL AND EXISTS({theirs} IS NULL)))
        ORDER BY team.used, share.used, share.id
        """,
        [account, *values, *values],
    )
    return [Share(*row) for row in found]


def order(account: str, waiting: Iterable[Who]) -> list[Who]:
    """(team, person) pairs of those who wait, who is next first."""
    waiting = list(waiting)
    shares = FairShare.objects.filter(lane=account, team__in={team for team, _ in waiting})
    used = {(row.team_id, row.user_id): row.used for row in shares}
    return sorted(waiting, key=lambda who: (used.get((who[0], None), 0.0), used.get(who, 0.0), str(who)))

"""Numbering: an event gets the next number of its feed in the transaction that makes it true."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction

from studio import statements
from studio.feeds.announce import announce
from studio.feeds.models import Event
from studio.teams.models import Team

Told = Callable[[uuid.UUID, str, str, dict[str, Any]], None]
"""(team, what its webhooks hear, kind, data), in the transaction of the line."""

_told: list[Told] = []


def when_told(call: Told) -> None:
    """Hear of every line of the teams that have webhooks. Called once by an app above that wants to."""
    if call not in _told:
        _told.append(call)


def job_feed(job_id: uuid.UUID) -> str:
    return f"job:{job_id}"


def team_feed(team_id: uuid.UUID) -> str:
    return f"team:{team_id}"


def append(feed: str, n: int, kind: str, data: dict[str, Any], attempt: int = 0) -> None:
    """Store entry `n`, which the caller has drawn in this transaction; announce it after the commit."""
    statements.insert(Event(feed=feed, n=n, kind=kind, data=data, attempt=attempt))
    transaction.on_commit(lambda: announce(feed, n))


def tell_team(team_id: uuid.UUID, kind: str, data: dict[str, Any]) -> None:
    """Append to a team's feed. Call it last in a transaction: the counter's row is what others wait for."""
    with transaction.atomic(savepoint=False):
        # The row stays locked until the commit, so numbers are stored in the order in which they were drawn.
        drawn = statements.change(Team, {"id": team_id}, add={"feed_n": 1}, returning=["feed_n", "hooked"])
        if drawn is None:
            raise Team.DoesNotExist
        append(team_feed(team_id), drawn[0], kind, data)
        if drawn[1]:
            for call in _told:
                call(team_id, drawn[1], kind, data)


def team_has_changed(team_id: uuid.UUID, about: str, by: str, **_signal: Any) -> None:
    """Members, links or settings of a team: its pages look again. What it was only says the audit log, to its readers."""
    tell_team(team_id, "team", {"about": about, "by": by})

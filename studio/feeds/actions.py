"""Numbering: an event gets the next number of its feed in the transaction that makes it true."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.db.models import F

from studio.feeds.announce import announce
from studio.feeds.models import Event
from studio.teams.models import Team


def job_feed(job_id: uuid.UUID) -> str:
    return f"job:{job_id}"


def team_feed(team_id: uuid.UUID) -> str:
    return f"team:{team_id}"


def append(feed: str, n: int, kind: str, data: dict[str, Any], attempt: int = 0) -> Event:
    """Store entry `n`, which the caller has drawn in this transaction; announce it after the commit."""
    event = Event.objects.create(feed=feed, n=n, kind=kind, data=data, attempt=attempt)
    transaction.on_commit(lambda: announce(feed, n))
    return event


def tell_team(team_id: uuid.UUID, kind: str, data: dict[str, Any]) -> Event:
    """Append to a team's feed. Call it last in a transaction: the counter's row is what others wait for."""
    with transaction.atomic(savepoint=False):
        # The row lock that the update takes holds until the commit, so the number read next is ours.
        Team.objects.filter(pk=team_id).update(feed_n=F("feed_n") + 1)
        n = Team.objects.values_list("feed_n", flat=True).get(pk=team_id)
        return append(team_feed(team_id), n, kind, data)

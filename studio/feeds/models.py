"""Feeds: ordered, numbered logs of events. An event is a stored fact before it is a message."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Event(models.Model):
    """Entry `n` of a feed, from 1, without gaps.

    feed: "job:<uuid>" or "team:<uuid>". kind: state, progress, token, metric, checkpoint, asset, model, review,
    board, preset, team.
    attempt: the attempt's number for events of a run, else 0.
    """

    feed = models.CharField(max_length=48)
    n = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    attempt = models.PositiveIntegerField(default=0)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "n"], name="event_number")]
        indexes = [models.Index(fields=["at"], name="event_at")]

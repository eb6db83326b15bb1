"""Webhooks of a team, and what is on its way to them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.ids import uuid7
from studio.teams.models import Team, User


class Webhook(models.Model):
    """An address of a team's that hears of `events` (words between blanks, see outbox.EVENTS).

    secret: sealed (studio/sealed.py). old_secret: the one before, which signs too until `old_until`, so that a receiver has
    time to change it. failing_since: of the first failure since it last worked. why_paused: empty where a person paused it.
    """

    class State(models.TextChoices):
        ON = "on", _("On")
        PAUSED = "paused", _("Paused")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="webhooks", db_index=False)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    url = models.CharField(max_length=500)
    events = models.CharField(max_length=300)
    secret = models.CharField(max_length=255)
    old_secret = models.CharField(max_length=255, blank=True)
    old_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ON)
    why_paused = models.CharField(max_length=300, blank=True)
    failing_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(F("team"), F("id").desc(), name="webhook_page")]

    def __str__(self) -> str:
        return self.url

    @property
    def hears(self) -> list[str]:
        return self.events.split()


class Delivery(models.Model):
    """One thing that one webhook is told. Its row is written in the transaction of what happened: rows that wait are
    the queue, and whoever takes one moves `next_at` on, so it is tried again where they die.

    once: says what may be told only once ("batch.finished:<id>:<jobs>"), empty where nothing need be said.
    status, answer: of the last try; status is None where no answer came.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        DEAD = "dead", _("Given up")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    event = models.CharField(max_length=40)
    body = models.TextField()
    once = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(F("webhook"), F("id").desc(), name="delivery_page"),
            models.Index(fields=["webhook", "next_at"], name="delivery_due", condition=Q(state="waiting")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "once"], condition=~Q(once=""), name="told_once")
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.pk}"

    @property
    def message_id(self) -> str:
        """What stands in `webhook-id`: the same at every try, so a receiver knows what it has had."""
        return f"msg_{self.pk.hex}"

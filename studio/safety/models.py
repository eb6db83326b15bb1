"""A team's rules and the concerns that were raised."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from studio.ids import uuid7
from studio.teams.models import Team, User


class Policy(models.Model):
    """A team's rules: words it does not want in prompts, on top of the studio's own."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="policy")
    blocked_words = models.JSONField(default=list)
    updated_at = models.DateTimeField(default=timezone.now)


class Flag(models.Model):
    """A raised concern: which rule met which thing. The refused words themselves are not kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="flags")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    rule = models.CharField(max_length=40)
    stage = models.CharField(max_length=10)  # "before" (inputs) or "after" (a file)
    thing = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField(default=timezone.now)

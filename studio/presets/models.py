"""Presets and wildcards; both are a team's."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from studio.ids import uuid7
from studio.teams.models import Team, User


class Preset(models.Model):
    """Saved inputs of a tool. Inputs that are assets are left out: a preset outlives them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="presets")
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    tool = models.CharField(max_length=60)
    name = models.CharField(max_length=80)
    inputs = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "tool", "name"], name="one_preset_of_a_name")]

    def __str__(self) -> str:
        return self.name


class Wildcard(models.Model):
    """A list that prompts name as __name__; each line of `text` that is not empty is a wording."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="wildcards")
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=40)
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="one_wildcard_of_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.text.splitlines() if line.strip()]

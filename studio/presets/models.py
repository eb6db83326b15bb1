"""Presets, wildcards and brand kits; all are a team's."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from studio.gallery.models import Asset
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


class Brand(models.Model):
    """A brand kit. colours: [{"value": "#rrggbb", "name": ""}]; tone: how the team speaks; words: to use; avoid: not to use.

    deleted_at: taken away; it can be taken back for 30 days. Jobs hold copies of it (generators.brand), so nothing that was
    made depends on the row.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="brands", db_index=False)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=80)
    colours = models.JSONField(default=list)
    tone = models.CharField(max_length=600, blank=True)
    words = models.JSONField(default=list)
    avoid = models.JSONField(default=list)
    logo = models.ForeignKey(Asset, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(F("team"), F("id").desc(), name="brand_page")]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "name"], name="one_brand_of_a_name", condition=Q(deleted_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def logo_shown(self) -> Asset | None:
        """Its logo, as long as it is there and this team's."""
        logo = self.logo
        return logo if logo and logo.deleted_at is None and logo.team_id == self.team_id else None

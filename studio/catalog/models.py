"""The catalogue of models: what each can do, where its weights come from, whether they are here."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.ids import uuid7
from studio.teams.models import Team


class ModelState(models.TextChoices):
    AVAILABLE = "available", _("Can be installed")
    INSTALLING = "installing", _("Being installed")
    INSTALLED = "installed", _("Installed")
    FAILED = "failed", _("Could not be installed")


class ModelCard(models.Model):
    """A model. `name` is what the input `model` says; unique among everybody's and among each team's.

    task: "text-generation", "text-to-image", "upscale". format: "gguf", "transformers", "diffusers", "pocket",
    "ncnn". architecture: GAN, VAE, transformer, diffusion, hybrid. path: file or folder, once it is installed.
    digest: sha256 of the weights ("sha256:…"). rank: the installed one with the highest is a task's default.
    source: where its weights come from (see catalog/sources). memory_bytes: what loading it asks for.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="models")
    title = models.CharField(max_length=160)
    summary = models.TextField(blank=True)
    task = models.CharField(max_length=40)
    format = models.CharField(max_length=20)
    architecture = models.CharField(max_length=20, blank=True)
    licence = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=80, blank=True)
    path = models.CharField(max_length=1000, blank=True)
    bytes = models.BigIntegerField(default=0)
    memory_bytes = models.BigIntegerField(default=0)
    context = models.IntegerField(default=0)
    rank = models.IntegerField(default=0)
    state = models.CharField(max_length=12, choices=ModelState.choices, default=ModelState.AVAILABLE)
    progress = models.FloatField(default=0.0)
    error = models.TextField(blank=True)
    source = models.JSONField(default=dict)
    meta = models.JSONField(default=dict)
    install_job = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(team__isnull=True), name="one_model_for_all"
            ),
            models.UniqueConstraint(fields=["team", "name"], name="one_model_a_team"),
        ]
        indexes = [models.Index(fields=["task", "state", "-rank"], name="model_default")]

    def __str__(self) -> str:
        return self.title

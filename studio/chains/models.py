"""Chains as teams keep them, and their runs."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.ids import uuid7
from studio.jobs.models import Job
from studio.teams.models import Team, User


class Chain(models.Model):
    """Steps kept as a template, to be run again with other words. steps: as steps.py has them.

    deleted_at: taken away; it can be taken back for 30 days.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="chains", db_index=False)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=80)
    steps = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(F("team"), F("id").desc(), name="chain_page")]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "name"], name="one_chain_of_a_name", condition=Q(deleted_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.name


class ChainRun(models.Model):
    """One run of a chain. steps and name are as they were when it began; asked: what was filled in, by "step.input".

    why: why it has stopped, in words.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        SUCCEEDED = "succeeded", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Stopped")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    chain = models.ForeignKey(Chain, null=True, on_delete=models.SET_NULL, related_name="runs")
    name = models.CharField(max_length=80)
    steps = models.JSONField()
    asked = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    why = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(F("team"), F("id").desc(), name="chain_run_page"),
            models.Index("id", name="chain_run_active", condition=Q(state="running")),
        ]

    def __str__(self) -> str:
        return self.name


class ChainStep(models.Model):
    """A step of a run that was submitted: number from 1, and its job, which is another where it was retried.

    The row is stored with the job, so whoever comes second to submit the same step stores neither.
    """

    run = models.ForeignKey(ChainRun, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveSmallIntegerField()
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="one_job_a_step")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.number}"

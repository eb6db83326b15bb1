"""What was asked for: jobs, the attempts at them, batches, nodes and the accounts of fair share. The row is the queue."""

from __future__ import annotations

import time

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.gallery.models import Asset
from studio.ids import uuid7
from studio.teams.models import Team, User


class State(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    SUCCEEDED = "succeeded", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


FINAL = (State.SUCCEEDED, State.FAILED, State.CANCELLED)


class Batch(models.Model):
    """Jobs made by one request. Nothing of it runs before `open`; `paused` holds back what has not begun.

    starts_at, idle: when it may begin (see when.py); starts_at is None again as soon as that time has come.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="batches")
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    tool = models.CharField(max_length=60)
    title = models.CharField(max_length=200, blank=True)
    total = models.IntegerField()
    request = models.JSONField(default=dict)
    open = models.BooleanField(default=False)
    paused = models.BooleanField(default=False)
    starts_at = models.DateTimeField(null=True)
    idle = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index("starts_at", name="batch_due", condition=Q(starts_at__isnull=False))]


class Node(models.Model):
    """A machine that runs workers, as it reports itself. Times are the database's clock.

    loaded: [{name, digest, bytes, slot}]; slots: [{slot, lane, job}]; speeds: units of work a second by
    "tool|model digest"; unknown is not short.
    """

    name = models.CharField(max_length=120, primary_key=True)
    device = models.CharField(max_length=10)  # "cpu" or "cuda"
    device_name = models.CharField(max_length=160, blank=True)
    cores = models.IntegerField(default=1)
    memory_bytes = models.BigIntegerField()
    memory_used_bytes = models.BigIntegerField(default=0)
    lanes = models.JSONField(default=list)
    slots = models.JSONField(default=list)
    loaded = models.JSONField(default=list)
    speeds = models.JSONField(default=dict)
    tools = models.JSONField(default=dict)  # name -> version
    versions = models.JSONField(default=dict)
    paused = models.BooleanField(default=False)
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)


class Job(models.Model):
    """One run of one tool with one set of inputs. What a claim asks for stands in columns.

    attempt: number of the current or last attempt; last_n: number of the last event of its feed.
    crashes: attempts that ended by a crash or a lost lease; at three the job fails.
    cancel_asked: somebody pressed Stop; the slot's beat thread sees it. lane, device, memory_bytes, work: needs.
    starts_at: not before this, where it waits for a time; then it is not ready. idle: only while nothing else waits.
    node: where it runs, or ran last. meta: what other apps hand along to the tool's run (see jobs.actions.submit).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="jobs")
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="jobs")
    tool = models.CharField(max_length=60)
    tool_version = models.IntegerField()
    makes = models.CharField(max_length=8)
    title = models.CharField(max_length=200, blank=True)
    inputs = models.JSONField()
    model_name = models.CharField(max_length=120, blank=True)
    model_digest = models.CharField(max_length=80, blank=True)
    parent = models.ForeignKey(Asset, null=True, on_delete=models.SET_NULL, related_name="+")
    batch = models.ForeignKey(Batch, null=True, on_delete=models.CASCADE, related_name="jobs")
    batch_index = models.IntegerField(default=0)
    retry_of = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="retries")
    listed = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    ready = models.BooleanField(
        default=True
    )  # false while its batch is not open or paused, or its time to come
    idle = models.BooleanField(default=False, db_default=False)
    starts_at = models.DateTimeField(null=True)
    lane = models.CharField(max_length=8)
    device = models.CharField(max_length=8, default="any")
    memory_bytes = models.BigIntegerField(default=0)
    work = models.FloatField(default=1.0)
    estimate_s = models.FloatField(null=True)
    priority = models.SmallIntegerField(default=0)
    position = models.FloatField(default=time.time)  # order among one person's of equal priority; see move
    attempt = models.PositiveIntegerField(default=0)
    crashes = models.PositiveSmallIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    last_n = models.BigIntegerField(default=0)
    progress = models.FloatField(default=0.0)
    eta_s = models.FloatField(null=True)
    waiting_for = models.CharField(max_length=200, blank=True)
    error = models.JSONField(null=True)
    node = models.CharField(max_length=120, blank=True)
    energy_wh = models.FloatField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    passed_at = models.DateTimeField(null=True)  # since when loaded models have gone before it; see claim
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                "lane",
                "device",
                F("priority").desc(),
                "id",
                name="job_waiting",
                condition=Q(state="queued", ready=True),
            ),
            models.Index(  # one person's waiting jobs in their order; see claim
                "lane",
                "idle",
                "team",
                "author",
                "batch",
                F("priority").desc(),
                "position",
                "id",
                name="job_turn",
                condition=Q(state="queued", ready=True),
            ),
            models.Index(  # who is here; see fairshare.join
                *("lane", "idle", "team", "author"),
                name="job_people",
                condition=Q(state__in=["queued", "running"], ready=True),
            ),
            models.Index(  # single jobs that wait for their time; see begin_due
                "starts_at",
                name="job_due",
                condition=Q(state="queued", batch__isnull=True, starts_at__isnull=False),
            ),
            models.Index(F("team"), F("id").desc(), name="job_page"),
            models.Index("state", "id", name="job_active", condition=Q(state__in=["queued", "running"])),
            models.Index("batch", "state", name="job_batch"),
            models.Index(  # what failed by itself, lately; see activity
                F("team"),
                F("finished_at").desc(),
                F("id").desc(),
                name="job_failed",
                condition=Q(error__isnull=False, listed=True, batch__isnull=True),
            ),
        ]


class Attempt(models.Model):
    """One try of a worker at a job, under a lease. outcome: succeeded, failed, cancelled, handed-back, crashed, lost.

    together: how many jobs ran in one go with it, itself counted.
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="attempt_rows")
    number = models.PositiveIntegerField()
    node = models.CharField(max_length=120)
    slot = models.CharField(max_length=40)
    together = models.PositiveSmallIntegerField(default=1)
    lease_until = models.DateTimeField()
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="one_attempt")]
        indexes = [models.Index("lease_until", name="attempt_leases", condition=Q(ended_at=None))]


class JobAsset(models.Model):
    """The asset at `index` of a job."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="job_assets")
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="job_links")
    index = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "index"], name="one_asset_an_index")]


class IdempotencyKey(models.Model):
    """Remembers what a key stood for, so that asking again gives the same. Kept for two days.

    above: the id of what an app above this one made, such as a run of a chain.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    body_digest = models.CharField(max_length=64)
    job = models.ForeignKey(Job, null=True, on_delete=models.CASCADE, related_name="+")
    batch = models.ForeignKey(Batch, null=True, on_delete=models.CASCADE, related_name="+")
    above = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_key")]


class FairShare(models.Model):
    """Virtual time (seconds of work, weighted) that a team, or a person in a team, has used in a lane.

    lane: the account's name (fairshare.account): what runs while nothing else waits has an account of its own.
    """

    lane = models.CharField(max_length=16)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    used = models.FloatField(default=0.0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lane", "team", "user"], name="one_share", condition=Q(user__isnull=False)
            ),
            models.UniqueConstraint(fields=["lane", "team"], name="one_team_share", condition=Q(user=None)),
        ]

"""Branching talk: a thread is a tree of turns, each turn a job."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from studio.gallery.models import Asset
from studio.ids import uuid7
from studio.jobs.models import Job
from studio.teams.models import Team, User


class Thread(models.Model):
    """A talk that is its author's: nobody else reads it. `tool` runs its turns (text.chat)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="threads")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="threads")
    tool = models.CharField(max_length=60, default="text.chat")
    title = models.CharField(max_length=200, blank=True)
    system = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["author", "-updated_at"], name="thread_page")]


class Turn(models.Model):
    """One exchange: what the person wrote, and the job whose text answers it. Siblings share a parent."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="turns")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    prompt = models.TextField()
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="turns")
    answer = models.ForeignKey(Asset, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["thread", "id"], name="turn_order")]

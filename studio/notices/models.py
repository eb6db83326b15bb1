"""What a person is told."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from studio.ids import uuid7
from studio.teams.models import Team, User


class Notice(models.Model):
    """One thing that one person is told. link: where in the studio it leads.

    kind: what it is about, as the app that tells it says ("review.asked", "comment.mention"). about: the thing, such
    as "review:<id>". mailed_at: when an e-mail with it went out, or when it was settled that none does.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices", db_index=False)
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    link = models.CharField(max_length=300)
    about = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(F("person"), F("id").desc(), name="notice_page"),
            models.Index(F("person"), F("id").desc(), name="notice_unread", condition=Q(read_at=None)),
            models.Index(fields=["person", "about", "id"], name="notice_about", condition=~Q(about="")),
            models.Index(F("id"), name="notice_to_mail", condition=Q(mailed_at=None, read_at=None)),
        ]

    def __str__(self) -> str:
        return self.title

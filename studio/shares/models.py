"""What a team shows to people without an account."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from studio.gallery.models import Asset, Board
from studio.ids import uuid7
from studio.teams.models import Team, User


class ShareLink(models.Model):
    """A link to one asset or one board. Who has it is a guest: sees the work, never prompt, facts or family.

    token_hash: of the secret in the address, which nobody can read again. password: hashed, empty for none.
    may_download: the stored file; else renditions alone. watermark: words laid over pictures and films; sounds get a
    tone, texts are not shown. A board's link shows what is on it at the time.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    asset = models.ForeignKey(Asset, null=True, on_delete=models.CASCADE, related_name="share_links")
    board = models.ForeignKey(Board, null=True, on_delete=models.CASCADE, related_name="share_links")
    title = models.CharField(max_length=200, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    password = models.CharField(max_length=200, blank=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    may_download = models.BooleanField(default=False)
    may_comment = models.BooleanField(default=False)
    watermark = models.CharField(max_length=60, blank=True)
    opened = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(F("team"), F("id").desc(), name="share_page")]
        constraints = [
            models.CheckConstraint(
                condition=Q(asset__isnull=False, board=None) | Q(asset=None, board__isnull=False),
                name="asset_or_board",
            )
        ]

    def __str__(self) -> str:
        return self.title or str(self.pk)

    @property
    def over(self) -> bool:
        """Whether it opens nothing any more."""
        return self.revoked_at is not None or (
            self.expires_at is not None and self.expires_at <= timezone.now()
        )

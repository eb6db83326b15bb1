"""Requests for a verdict, what was decided, and comments pinned to places in assets."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.gallery.models import Asset
from studio.ids import uuid7
from studio.teams.models import Role, Team, User


class State(models.TextChoices):
    """Of an item, and of a review as a whole."""

    WAITING = "waiting", _("Waiting for a verdict")
    CHANGES = "changes", _("Changes requested")
    APPROVED = "approved", _("Approved")


class Review(models.Model):
    """A request for a verdict on one or more assets, or to pick some of them.

    kind: "verdict" (each item is approved or changes are requested) or "pick" (which of these?); picks: how many each
    person may pick. need: whether one verdict of somebody asked decides an item, or it takes all of them.
    subject: what was asked about as a whole, {"kind": "assets"|"board"|"batch", "id": …}. closed_at: nothing changes
    any more. reminded: the last reminder before its date that went out.
    """

    class Kind(models.TextChoices):
        VERDICT = "verdict", _("Verdict")
        PICK = "pick", _("Pick")

    class Reminded(models.IntegerChoices):
        """So far. A review that is asked for within the last day has the first one behind it."""

        NOT_YET = 0
        SOON = 1
        LATE = 2

    class Need(models.TextChoices):
        ONE = "one", _("One of them")
        ALL = "all", _("All of them")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="reviews", db_index=False)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    title = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.VERDICT)
    picks = models.PositiveSmallIntegerField(default=1)
    need = models.CharField(max_length=4, choices=Need.choices, default=Need.ONE)
    subject = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField(null=True)
    reminded = models.PositiveSmallIntegerField(choices=Reminded.choices, default=Reminded.NOT_YET)
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(F("team"), F("id").desc(), name="review_page"),
            models.Index(
                F("due_at"),
                name="review_due",
                condition=Q(closed_at=None, due_at__isnull=False, reminded__lt=2) & ~Q(state=State.APPROVED),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Ask(models.Model):
    """Who is asked: one person, or everybody with a role or a higher one."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="asks")
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="asked_in")
    role = models.CharField(max_length=10, choices=Role.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "user"], name="asked_once", condition=Q(user__isnull=False)
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, role="") | Q(user=None) & ~Q(role=""), name="person_or_role"
            ),
        ]

    def __str__(self) -> str:
        return self.role or str(self.user_id)


class Item(models.Model):
    """One of a review's assets. asset: the revision that is looked at now; a new revision takes its place.

    rounds: revisions that have come since the review began.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="items", db_index=False)
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="review_items")
    position = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    rounds = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "position"], name="review_order")]

    def __str__(self) -> str:
        return f"{self.review_id} {self.position}"


class Decision(models.Model):
    """What somebody decided about the revision that they saw. Never changed: a later one counts instead."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="decisions")
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    verdict = models.CharField(max_length=10, choices=State.choices)  # "waiting": taken back, or unlocked
    note = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.asset_id}: {self.verdict}"


class Pick(models.Model):
    """Somebody's choice among the items of a review of the kind "pick"."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="picked_by")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "user"], name="picked_once")]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.user_id}"


class Comment(models.Model):
    """A remark on an asset, perhaps pinned to a place in it (see pins.py), or a reply to one.

    review: where it was made, if it was in one. author: a member; a guest of a share link has a name only. mentions:
    ids of members whom the text names. resolved_at: dealt with; open ones go on to be shown with later revisions.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="comments")
    review = models.ForeignKey(Review, null=True, on_delete=models.SET_NULL, related_name="comments")
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    guest = models.CharField(max_length=60, blank=True)
    text = models.TextField()
    pin = models.JSONField(null=True)
    reply_to = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="replies")
    mentions = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [models.Index(F("team"), F("id").desc(), name="comment_page")]

    def __str__(self) -> str:
        return self.text[:40]

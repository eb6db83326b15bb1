"""What was made: blobs, and the assets, parts and renditions that point at them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.ids import uuid7
from studio.teams.models import Team, User

EXCERPT = 900


class Medium(models.TextChoices):
    TEXT = "text", _("Text")
    IMAGE = "image", _("Image")
    MUSIC = "music", _("Music")
    VIDEO = "video", _("Video")
    SPEECH = "speech", _("Speech")


class Blob(models.Model):
    """Stored bytes, named by their digest ("sha256:<64 hex>"). See gallery/storage.py for how they are kept."""

    digest = models.CharField(max_length=80, primary_key=True)
    bytes = models.BigIntegerField()
    touched_at = models.DateTimeField(default=timezone.now)
    deleting = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.digest


class Tag(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="one_tag")]

    def __str__(self) -> str:
        return self.name


_SHOWN = Q(listed=True, deleted_at=None)


class Asset(models.Model):
    """An immutable file with its provenance. Carries its facts as a snapshot: it reads no higher app.

    job_ref, index: the job that made it and its place there; unique, so no attempt stores one twice.
    facts: {tool, tool_version, inputs, model: {name, digest}, seed, …} as they were.
    listed: shown in the gallery (a chat turn's text is not, until its author keeps it; until then only its
    author sees it). text: its words for search (title and prompt are added by the index). review_state: set by
    the verbs of review. deleted_at: in the bin, for 30 days.
    content_digest: of the decoded pixels, samples or text, before any mark.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="assets")
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="assets")
    medium = models.CharField(max_length=8, choices=Medium.choices)
    mime = models.CharField(max_length=100)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    bytes = models.BigIntegerField()
    content_digest = models.CharField(max_length=80)
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    duration_s = models.FloatField(null=True)
    title = models.CharField(max_length=200, blank=True)
    prompt = models.TextField(blank=True)
    text = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    provenance = models.JSONField(default=dict)
    job_ref = models.UUIDField(null=True)
    index = models.IntegerField(default=0)
    tool = models.CharField(max_length=60, blank=True)
    model = models.CharField(max_length=120, blank=True)
    listed = models.BooleanField(default=True)
    review_state = models.CharField(max_length=20, blank=True)
    thumbhash = models.CharField(max_length=60, blank=True)  # base64
    thumbnail = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, related_name="+")
    preview = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, related_name="+")
    rating_sum = models.IntegerField(default=0)
    rating_n = models.IntegerField(default=0)
    deleted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    tags: models.ManyToManyField[Tag, Any] = models.ManyToManyField(Tag, related_name="assets", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["job_ref", "index"], name="asset_of_job", condition=Q(job_ref__isnull=False)
            )
        ]
        # One for each filter of the gallery, newest first, of what it shows: so a page is a walk of a page's length.
        indexes = [
            models.Index(F("team"), F("id").desc(), condition=_SHOWN, name="gallery_page"),
            *(
                models.Index(F("team"), F(field), F("id").desc(), condition=_SHOWN, name=f"gallery_{field}")
                for field in ("medium", "tool", "model", "author")
            ),
            models.Index(
                F("team"), F("id").desc(), condition=_SHOWN & Q(rating_n__gt=0), name="gallery_rated"
            ),
            models.Index(
                F("team"),
                F("author"),
                F("id").desc(),
                condition=Q(listed=False, deleted_at=None),
                name="gallery_unlisted",
            ),
            models.Index(
                F("team"), F("deleted_at").desc(), condition=Q(deleted_at__isnull=False), name="gallery_bin"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def excerpt(self) -> str:
        """How its text begins, 900 characters at most. Lists read no more than that from the database (search.py)."""
        opening: str | None = self.__dict__.get("opening")
        return self.text[:EXCERPT] if opening is None else opening

    @property
    def private_to_author(self) -> bool:
        """What rights ask: an unlisted asset is its author's alone."""
        return not self.listed


class SearchEntry(models.Model):
    """The words of an asset as search reads them: see index.py. The database keeps its full-text index in step.

    id: the asset's place in time, so that the index gives what it finds newest first.
    scope: its team and medium, as words. PostgreSQL has a column more, `vector`, which it makes of the words itself.
    """

    asset = models.OneToOneField(Asset, on_delete=models.CASCADE, related_name="search_entry")
    scope = models.CharField(max_length=50)
    words = models.TextField()

    def __str__(self) -> str:
        return str(self.asset_id)


class Meaning(models.Model):
    """What an asset means, as a vector: see vectors.py. The row is made with the asset and waits until it is computed.

    id: the asset's place in time, as in SearchEntry. vector: 384 signed bytes, of which the direction counts; none for
    an asset without a word. turn: another each time that the words change, so that nobody keeps a vector of those
    before. PostgreSQL with pgvector has a column more, `near`, which its index is of.
    """

    id = models.BigIntegerField(primary_key=True)
    asset = models.OneToOneField(Asset, on_delete=models.CASCADE, related_name="meaning")
    team_id = models.UUIDField()
    medium = models.CharField(max_length=8)
    waiting = models.BooleanField(default=True)
    turn = models.PositiveIntegerField(default=0)
    model = models.CharField(max_length=40, blank=True)
    vector = models.BinaryField(default=b"")

    class Meta:
        indexes = [models.Index(F("id").desc(), condition=Q(waiting=True), name="gallery_meaning_waiting")]

    def __str__(self) -> str:
        return str(self.asset_id)


class Part(models.Model):
    """A named part of an asset: a stem, MIDI, captions, a mask."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="parts")
    name = models.CharField(max_length=60)
    mime = models.CharField(max_length=100)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "name"], name="one_part")]

    def __str__(self) -> str:
        return self.name


class Lineage(models.Model):
    """The child was made from the parent. role: "parent" (a revision of it) or the input that named it."""

    parent = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="child_links")
    child = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="parent_links")
    role = models.CharField(max_length=40, default="parent")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parent", "child", "role"], name="one_lineage")]

    def __str__(self) -> str:
        return f"{self.parent_id} → {self.child_id} ({self.role})"


class Rating(models.Model):
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="ratings")
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    value = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "user"], name="one_rating")]

    def __str__(self) -> str:
        return str(self.value)


class Upload(models.Model):
    """A file that is still coming, in pieces (tus 1.0). Its bytes lie in the scratch folder until they are all there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200, blank=True)
    medium = models.CharField(max_length=8, blank=True)
    bytes = models.BigIntegerField()
    asset = models.ForeignKey(Asset, null=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

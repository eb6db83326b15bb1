"""What was made: blobs, and the assets, parts and renditions that point at them; boards, which hold assets."""

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
    stack: the id of the first of its chain of revisions, its own where it is none; top: the newest of its stack that
    the gallery shows (see stacks.py).
    phash: what its picture looks like, in 64 bits (see likeness.py); seen: the version of likeness.py that has looked
    at its picture, 0 where none has yet.
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
    stack: models.UUIDField[Any, Any] = models.UUIDField(editable=False)
    top = models.BooleanField(default=True)
    thumbhash = models.CharField(max_length=60, blank=True)  # base64
    phash = models.BigIntegerField(null=True)
    seen = models.PositiveSmallIntegerField(default=0)
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
            models.Index(F("team"), F("id").desc(), condition=_SHOWN & Q(top=True), name="gallery_top"),
            *(
                models.Index(F("team"), F(field), F("id").desc(), condition=_SHOWN, name=f"gallery_{field}")
                for field in ("medium", "tool", "model", "author", "review_state")
            ),
            # Sizes are ranges, so the walk goes by them without looking at the rows. What has a size only, so that no
            # other question takes them for its own.
            models.Index(
                F("team"),
                F("id").desc(),
                F("width"),
                F("height"),
                condition=_SHOWN & Q(width__isnull=False),
                name="gallery_size",
            ),
            models.Index(
                F("team"),
                F("id").desc(),
                F("duration_s"),
                condition=_SHOWN & Q(duration_s__isnull=False),
                name="gallery_length",
            ),
            models.Index(F("stack"), F("id").desc(), condition=_SHOWN, name="gallery_stack"),
            models.Index(F("team"), F("content_digest"), condition=_SHOWN, name="gallery_same"),
            models.Index(F("id"), condition=Q(seen=0, thumbnail__isnull=False), name="gallery_unseen"),
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

    def save(self, *args: Any, **more: Any) -> None:
        if self.stack is None:
            self.stack = self.pk
        super().save(*args, **more)

    @property
    def excerpt(self) -> str:
        """How its text begins, 900 characters at most. Lists read no more than that from the database (search.py)."""
        opening: str | None = self.__dict__.get("opening")
        return self.text[:EXCERPT] if opening is None else opening

    @property
    def private_to_author(self) -> bool:
        """What rights ask: an unlisted asset is its author's alone."""
        return not self.listed


class AssetColour(models.Model):
    """A colour that takes a good part of an asset's picture, by one of the names in likeness.py."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="colours", db_index=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=12)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "name"], name="one_colour")]
        indexes = [models.Index(F("team"), F("name"), F("asset").desc(), name="gallery_coloured")]

    def __str__(self) -> str:
        return self.name


class PhashBand(models.Model):
    """A quarter of an asset's phash, by which pictures that look alike are looked up: key is the number of the quarter
    and its 16 bits in one (see likeness.py)."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["team", "key", "asset"], name="gallery_alike")]

    def __str__(self) -> str:
        return str(self.key)


class Board(models.Model):
    """A named set of assets of a team: picked by hand (its items), or smart, where `filters` chooses.

    filters: null for one picked by hand, else words and filters as `search.find` takes them (see boards.py).
    deleted_at: taken away; it can be taken back for 30 days.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="boards", db_index=False)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    title = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    filters = models.JSONField(null=True)
    deleted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(F("team"), F("updated_at").desc(), F("id").desc(), name="gallery_boards")]

    def __str__(self) -> str:
        return self.title


class BoardItem(models.Model):
    """An asset on a board. position: its place; a place between two others is the number between theirs."""

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="items", db_index=False)
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="board_items")
    position = models.FloatField()
    added_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["board", "asset"], name="once_on_a_board")]
        indexes = [models.Index(fields=["board", "position", "id"], name="board_order")]

    def __str__(self) -> str:
        return f"{self.board_id}: {self.asset_id}"


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
    """A file that is still coming, in pieces (tus 1.0). Its bytes lie in the scratch folder until they are all there.

    archive: a zip whose files are added one by one (see imports.py); it makes no asset itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200, blank=True)
    medium = models.CharField(max_length=8, blank=True)
    bytes = models.BigIntegerField()
    archive = models.BooleanField(default=False)
    asset = models.ForeignKey(Asset, null=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

"""What people of a team did, read from the rows that hold it already: assets, jobs, batches, comments, boards, presets,
and the audit log. Nothing is written for it.

A deed's moment is the one in its id (UUIDv7), so each kind is a walk on a key; a failed job's is when it ended.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from studio.gallery.models import Asset, Board
from studio.jobs.models import Batch, Job, State
from studio.presets.models import Preset, Wildcard
from studio.review.models import Comment
from studio.teams.models import AuditEntry, Team

MS_BIT = 80  # a UUIDv7 begins with its milliseconds

KINDS: dict[str, Any] = {
    "made": _("Made"),
    "added": _("Added"),
    "batch": _("Batches"),
    "failed": _("Failed jobs"),
    "review": _("Reviews"),
    "verdict": _("Verdicts"),
    "comment": _("Comments"),
    "board": _("Boards"),
    "share": _("Share links"),
    "preset": _("Presets"),
    "brand": _("Brand kits"),
    "member": _("Members"),
    "settings": _("Settings"),
}
"""Kind → its name in the filter. `settings` is for those who may read the audit log."""

OPEN_VERBS = {
    "review.request": "review",
    "review.close": "review",
    "review.decide": "verdict",
    "review.pick": "verdict",
    "review.unlock": "verdict",
    "share.create": "share",
    "share.revoke": "share",
    "member.join": "member",
    "brand.create": "brand",
    "brand.change": "brand",
    "brand.delete": "brand",
    "brand.restore": "brand",
}
"""Verbs of the audit log that tell every member what they could see anyway; the rest is for its readers."""


@dataclass(frozen=True)
class Look:
    """Who looks at what: a team, perhaps one person's deeds or one kind alone."""

    team: Team
    audits: bool = False
    person: uuid.UUID | None = None
    kind: str = ""

    @property
    def kinds(self) -> set[str]:
        allowed = set(KINDS) if self.audits else set(KINDS) - {"settings"}
        return allowed & {self.kind} if self.kind else allowed


@dataclass(frozen=True)
class Span:
    """From the first moment, before the second, in milliseconds; None: without end. Newest first, at most `limit`."""

    low: int = 0
    end: int | None = None
    limit: int | None = None


@dataclass(frozen=True)
class Deed:
    """One thing that somebody did. Deeds of one hour with the same person, kind and `fold` are told as one."""

    ms: int
    id: uuid.UUID
    kind: str
    who: uuid.UUID | None
    fold: str = ""
    guest: str = ""
    about: dict[str, Any] = field(default_factory=dict)


def ms_of(id: uuid.UUID) -> int:
    return id.int >> MS_BIT


def moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _cut(rows: QuerySet[Any], span: Span, *columns: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of a span by their ids, newest first."""
    if span.low:
        rows = rows.filter(pk__gte=uuid.UUID(int=span.low << MS_BIT))
    if span.end is not None:
        rows = rows.filter(pk__lt=uuid.UUID(int=span.end << MS_BIT))
    yield from rows.order_by("-pk").values_list("pk", *columns)[: span.limit].iterator(chunk_size=2000)


def _by(look: Look, rows: QuerySet[Any], column: str) -> QuerySet[Any]:
    return rows.filter(**{column: look.person}) if look.person else rows


def _assets(look: Look, span: Span) -> Iterator[Deed]:
    rows = Asset.objects.filter(team=look.team, listed=True, deleted_at=None)
    if not {"made", "added"} <= look.kinds:
        rows = rows.filter(job_ref__isnull="added" in look.kinds)
    for id, who, medium, job in _cut(_by(look, rows, "author"), span, "author", "medium", "job_ref"):
        yield Deed(ms_of(id), id, "made" if job else "added", who, medium, about={"asset": id})


def _batches(look: Look, span: Span) -> Iterator[Deed]:
    rows = Batch.objects.filter(team=look.team, open=True)
    for id, who, total in _cut(_by(look, rows, "author"), span, "author", "total"):
        yield Deed(ms_of(id), id, "batch", who, str(id), about={"batch": id, "n": total})


def _failed(look: Look, span: Span) -> Iterator[Deed]:
    """Jobs by themselves; those of a batch stand in its line. An unlisted one is its author's alone, and not here."""
    rows = Job.objects.filter(
        team=look.team, state=State.FAILED, error__isnull=False, listed=True, batch=None
    )
    rows = _by(look, rows, "author").filter(finished_at__gte=moment(span.low))
    if span.end is not None:
        rows = rows.filter(finished_at__lt=moment(span.end))
    found = rows.order_by("-finished_at", "-pk").values_list("pk", "author", "finished_at")
    for id, who, at in found[: span.limit]:
        assert at is not None
        yield Deed(int(at.timestamp() * 1000), id, "failed", who, about={"job": id})


def _comments(look: Look, span: Span) -> Iterator[Deed]:
    rows = Comment.objects.filter(team=look.team, asset__listed=True, asset__deleted_at=None)
    for id, who, guest, asset in _cut(_by(look, rows, "author"), span, "author", "guest", "asset"):
        yield Deed(ms_of(id), id, "comment", who, guest, guest, {"asset": asset})


def _boards(look: Look, span: Span) -> Iterator[Deed]:
    rows = Board.objects.filter(team=look.team, deleted_at=None)
    for id, who, title in _cut(_by(look, rows, "author"), span, "author", "title"):
        yield Deed(ms_of(id), id, "board", who, about={"board": id, "title": title})


def _presets(look: Look, span: Span) -> Iterator[Deed]:
    rows = Preset.objects.filter(team=look.team)
    for id, who, name in _cut(_by(look, rows, "author"), span, "author", "name"):
        yield Deed(ms_of(id), id, "preset", who, about={"preset": id, "title": name})


def _wildcards(look: Look, span: Span) -> Iterator[Deed]:
    rows = Wildcard.objects.filter(team=look.team)
    for id, who, name in _cut(_by(look, rows, "author"), span, "author", "name"):
        yield Deed(ms_of(id), id, "preset", who, about={"wildcard": id, "title": f"__{name}__"})


def _audits(look: Look, span: Span) -> Iterator[Deed]:
    rows = AuditEntry.objects.filter(team=look.team)
    if "settings" not in look.kinds:
        rows = rows.filter(verb__in=[verb for verb, kind in OPEN_VERBS.items() if kind in look.kinds])
    elif look.kind:
        rows = rows.exclude(verb__in=OPEN_VERBS)
    for id, who, verb, thing, detail in _cut(
        _by(look, rows, "user"), span, "user", "verb", "thing", "detail"
    ):
        kind = OPEN_VERBS.get(verb, "settings")
        about = {"verb": verb, "thing": thing, **detail}
        yield Deed(ms_of(id), id, kind, who, _fold(kind, about), about=about)


def _fold(kind: str, about: dict[str, Any]) -> str:
    """Verdicts of a review are told together where they are alike; settings where one thing was done several times."""
    if kind == "verdict":
        return f"{about.get('review', about['thing'])} {about.get('verdict', about['verb'])}"
    return str(about["verb"])


Source = Callable[[Look, Span], Iterator[Deed]]
SOURCES: list[tuple[set[str], Source]] = [
    ({"made", "added"}, _assets),
    ({"batch"}, _batches),
    ({"failed"}, _failed),
    ({"comment"}, _comments),
    ({"board"}, _boards),
    ({"preset"}, _presets),
    ({"preset"}, _wildcards),
    ({"settings", *OPEN_VERBS.values()}, _audits),
]


def sources(look: Look) -> list[Source]:
    """Those that have something of the kinds that are looked at."""
    return [source for kinds, source in SOURCES if kinds & look.kinds]

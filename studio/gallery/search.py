"""Lists and word search over assets: keyset pages, newest first, the same answers on both databases."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Left
from django.utils.translation import gettext as _

from studio.gallery.actions import visible
from studio.gallery.index import words_of
from studio.gallery.models import EXCERPT, Asset
from studio.problems import InvalidInputs
from studio.teams.models import as_uuid
from studio.teams.rights import Actor, NotThere, require

LIMIT, MOST = 50, 200
MOST_WORDS = 16
MERGED = 12  # teams whose pages are merged


@dataclass(frozen=True)
class Page:
    """`next` is the cursor of the page after, or None at the end. Of their text the items have `excerpt` at hand."""

    items: list[Asset]
    next: str | None


def find(
    actor: Actor,
    *,
    team: uuid.UUID | None = None,
    medium: str | None = None,
    q: str = "",
    tool: str | None = None,
    model: str | None = None,
    tag: str | None = None,
    rating: int | None = None,
    review: str | None = None,
    author: uuid.UUID | None = None,
    listed: bool = True,
    bin: bool = False,
    cursor: str | uuid.UUID | None = None,
    limit: int = LIMIT,
) -> Page:
    """Assets that this actor may see, newest first; without `team`, of all their teams.

    q: every word has to occur, in title, tags, prompt, tool, model or text; the beginning of a word is enough.
    rating: the mean is at least this. listed=False: one's own unlisted ones. bin: what was deleted.
    Raises NotThere for a team that is not theirs, InvalidInputs for a cursor that is none.
    """
    rows = visible(actor)
    if team is not None:
        if team not in actor.roles:
            raise NotThere
        rows = rows.filter(team_id=team)
    for one in [team] if team is not None else actor.team_ids[:1]:
        require(actor, "asset.view", _In(one))
    rows = rows.filter(listed=listed)
    rows = rows.filter(deleted_at__isnull=not bin)
    for field, value in (("medium", medium), ("tool", tool), ("model", model), ("review_state", review)):
        if value:
            rows = rows.filter(**{field: value})
    if author is not None:
        rows = rows.filter(author_id=author)
    if tag:
        rows = rows.filter(pk__in=Asset.tags.through.objects.filter(tag__name=tag.lower()).values("asset_id"))
    if rating:
        rows = rows.filter(rating_n__gt=0, rating_sum__gte=F("rating_n") * rating)
    if q.strip():
        rows = _matching(rows, q)
    if cursor:
        key = as_uuid(cursor)
        if key is None:
            raise InvalidInputs(
                _("The cursor is none of this list's."),
                errors=[{"loc": ["cursor"], "msg": _("Not a cursor."), "input": str(cursor)[:60]}],
            )
        rows = rows.filter(pk__lt=key)
    limit = max(1, min(limit, MOST))
    teams: list[uuid.UUID] = [team] if team is not None else actor.team_ids
    if 1 < len(teams) <= MERGED:
        # One walk along the index for each team, and the newest of them all: sorting all rows takes far longer.
        newest = [
            key
            for one in teams
            for key in rows.filter(team_id=one).order_by("-pk").values_list("pk", flat=True)[: limit + 1]
        ]
        rows = Asset.objects.filter(pk__in=sorted(newest, reverse=True)[: limit + 1])
    rows = rows.select_related("team", "author").defer("text").annotate(opening=Left("text", EXCERPT))
    found: list[Asset] = [*rows.order_by("-pk")[: limit + 1]]
    return Page(found[:limit], str(found[limit - 1].pk) if len(found) > limit else None)


@dataclass(frozen=True)
class _In:
    """Something in a team, for the question of rights."""

    team_id: uuid.UUID


def _matching(rows: QuerySet[Asset], q: str) -> QuerySet[Asset]:
    """Rows with every word of `q`. The words hold letters and digits alone, so no syntax can come with them."""
    words = list(dict.fromkeys(words_of(q)))[:MOST_WORDS]
    if not words:
        return rows.none()
    if connection.vendor == "postgresql":
        sql, match = _POSTGRESQL, " & ".join(f"{word}:*" for word in words)
    else:
        sql, match = _SQLITE, " AND ".join(f'"{word}"*' for word in words)
    return rows.filter(pk__in=RawSQL(sql, [match]))


_SQLITE = (
    "SELECT gallery_searchentry.asset_id FROM gallery_fts JOIN gallery_searchentry"
    " ON gallery_searchentry.id = gallery_fts.rowid WHERE gallery_fts MATCH %s"
)
_POSTGRESQL = (
    "SELECT asset_id FROM gallery_searchentry WHERE to_tsvector('simple', words) @@ to_tsquery('simple', %s)"
)

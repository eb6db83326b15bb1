"""Lists and word search over assets: keyset pages, newest first, the same answers on both databases."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Left
from django.utils.translation import gettext as _

from studio.gallery.actions import visible
from studio.gallery.index import place_of, words_of
from studio.gallery.models import EXCERPT, Asset, Tag
from studio.problems import InvalidInputs
from studio.teams.models import as_uuid
from studio.teams.rights import Actor, NotThere, require

LIMIT, MOST = 50, 200
MOST_WORDS = 16
MERGED = 12  # teams whose pages are merged
LONGEST_STEP = 8000
LAST_PLACE = 2**63 - 1


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
    teams: list[uuid.UUID] = [team] if team is not None else actor.team_ids
    rows = rows.filter(listed=listed)
    if not listed:
        rows = rows.filter(author=actor.user)  # as `visible` has it, in words that lead to an index
    rows = rows.filter(deleted_at__isnull=not bin)
    for field, value in (("medium", medium), ("tool", tool), ("model", model), ("review_state", review)):
        if value:
            rows = rows.filter(**{field: value})
    if author is not None:
        rows = rows.filter(author_id=author)
    tags = _tags(tag, teams) if tag else []
    if tag:
        rows = rows.filter(tags__in=tags)
    if rating:
        rows = rows.filter(rating_n__gt=0, rating_sum__gte=F("rating_n") * rating)
    before = _key(cursor) if cursor else None
    limit = max(1, min(limit, MOST))
    walk: Walk | None = None
    if q.strip():
        match = _match(q, teams, medium, [tool, model, tag])
        if match is None:
            return Page([], None)
        if listed and not bin:
            walk = _words_walk(match)
        else:  # of these there are few
            rows = rows.filter(pk__in=RawSQL(_FOUND[connection.vendor], [match]))
    elif tag and listed and not bin:
        walk = _tags_walk(tags)
    keys = _walked(rows, walk, before, limit + 1) if walk else _newest(rows, teams, before, limit + 1)
    shown = Asset.objects.filter(pk__in=keys[:limit]).defer("text")
    items: list[Asset] = [*shown.annotate(opening=Left("text", EXCERPT)).order_by("-pk")]
    return Page(items, str(keys[limit - 1]) if len(keys) > limit else None)


@dataclass(frozen=True)
class _In:
    """Something in a team, for the question of rights."""

    team_id: uuid.UUID


def _key(cursor: str | uuid.UUID) -> uuid.UUID:
    key = as_uuid(cursor)
    if key is None:
        raise InvalidInputs(
            _("The cursor is none of this list's."),
            errors=[{"loc": ["cursor"], "msg": _("Not a cursor."), "input": str(cursor)[:60]}],
        )
    return key


def _newest(
    rows: QuerySet[Asset], teams: Sequence[uuid.UUID], before: uuid.UUID | None, most: int
) -> list[uuid.UUID]:
    """The newest `most` of the rows before that key, newest first."""
    if before is not None:
        rows = rows.filter(pk__lt=before)
    rows = rows.order_by("-pk")
    if not 1 < len(teams) <= MERGED:
        return list(rows.values_list("pk", flat=True)[:most])
    # One walk along the index for each team, and the newest of them all: sorting all rows takes far longer.
    each = [key for one in teams for key in rows.filter(team_id=one).values_list("pk", flat=True)[:most]]
    return sorted(each, reverse=True)[:most]


# ------------------------------------------------- walks: what may be meant, newest first, a few hundred at a time

Walk = Callable[[uuid.UUID | None, int], list[uuid.UUID]]
"""(before, n) → the next n keys of an index that is in the order of the list, without the other filters."""


def _walked(rows: QuerySet[Asset], walk: Walk, before: uuid.UUID | None, most: int) -> list[uuid.UUID]:
    """The newest `most` of the rows that the walk meets. Left to itself a database may collect all of them first,
    which takes the longer the more there is to find."""
    found: list[uuid.UUID] = []
    step = 2 * most
    while len(found) < most:
        met = walk(before, step)
        found += sorted(rows.filter(pk__in=met).values_list("pk", flat=True), reverse=True)
        if len(met) < step:
            break
        before, step = met[-1], min(4 * step, LONGEST_STEP)
    return found[:most]


def _tags(name: str, teams: Sequence[uuid.UUID]) -> list[int]:
    return list(Tag.objects.filter(team__in=teams, name=name.lower()).values_list("pk", flat=True))


def _tags_walk(tags: Sequence[int]) -> Walk:
    def walk(before: uuid.UUID | None, most: int) -> list[uuid.UUID]:
        links = Asset.tags.through.objects.order_by("-asset_id").values_list("asset_id", flat=True)
        if before is not None:
            links = links.filter(asset_id__lt=before)
        return sorted((key for tag in tags for key in links.filter(tag_id=tag)[:most]), reverse=True)[:most]

    return walk


def _words_walk(match: str) -> Walk:
    def walk(before: uuid.UUID | None, most: int) -> list[uuid.UUID]:
        key = "gallery_fts.rowid" if connection.vendor == "sqlite" else "id"
        place = place_of(before) if before is not None else LAST_PLACE
        with connection.cursor() as cursor:
            cursor.execute(
                f"{_FOUND[connection.vendor]} AND {key} < %s ORDER BY {key} DESC LIMIT %s",
                [match, place, most],
            )
            return [uuid.UUID(str(key)) for (key,) in cursor.fetchall()]

    return walk


def _match(q: str, teams: Sequence[uuid.UUID], medium: str | None, exact: Sequence[str | None]) -> str | None:
    """What the full-text index is asked for; None where `q` has no word. The words hold letters and digits alone, so
    no syntax can come with them.

    exact: other filters whose words are in the index too. They stay filters; here they keep the walk short.
    """
    begun = list(dict.fromkeys(words_of(q)))[:MOST_WORDS]
    whole = list(dict.fromkeys(word for text in exact if text for word in words_of(text.replace(".", " "))))
    if not begun or not teams:
        return None
    scope = [[team.hex for team in teams], [medium] if medium else []]
    if connection.vendor == "postgresql":
        either = [" | ".join(f"'_{word}'" for word in words) for words in scope if words]
        return " & ".join(
            [f"({words})" for words in either]
            + [f"'{word}':*" for word in begun]
            + [f"'{word}'" for word in whole]
        )
    either = [" OR ".join(f'"{word}"' for word in words) for words in scope if words]
    words = [f'"{word}"*' for word in begun] + [f'"{word}"' for word in whole]
    return " AND ".join([f"scope : ({any_of})" for any_of in either] + [f"words : ({' AND '.join(words)})"])


_FOUND = {
    "sqlite": (
        "SELECT gallery_searchentry.asset_id FROM gallery_fts JOIN gallery_searchentry"
        " ON gallery_searchentry.id = gallery_fts.rowid WHERE gallery_fts MATCH %s"
    ),
    "postgresql": "SELECT asset_id FROM gallery_searchentry WHERE vector @@ %s::tsquery",
}

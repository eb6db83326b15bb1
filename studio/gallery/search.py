"""Lists and word search over assets: keyset pages, newest first, the same answers on both databases."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from studio.gallery.actions import light, visible
from studio.gallery.filters import Filters, end_key, first_key
from studio.gallery.index import place_of, words_of
from studio.gallery.models import Asset, AssetColour, BoardItem, Tag
from studio.problems import InvalidInputs
from studio.teams.models import as_uuid
from studio.teams.rights import Actor, NotThere, require

LIMIT, MOST = 50, 200
MOST_WORDS = 16
MERGED = 12  # teams whose pages are merged
LONGEST_STEP = 8000
LOOKED_AT = 20_000
LAST_PLACE = 2**63 - 1


@dataclass(frozen=True)
class Page:
    """`next` is the cursor of the page after, or None at the end. Of their text the items have `excerpt` at hand."""

    items: list[Asset]
    next: str | None


def find(
    actor: Actor,
    filters: Filters | None = None,
    *,
    team: uuid.UUID | None = None,
    listed: bool = True,
    bin: bool = False,
    folded: bool = False,
    among: Sequence[uuid.UUID] | None = None,
    cursor: str | uuid.UUID | None = None,
    up: bool = False,
    limit: int = LIMIT,
    **asked: Any,
) -> Page:
    """Assets that this actor may see, newest first; without `team`, of all their teams.

    filters, or `asked`: see Filters. q: every word has to occur, in title, tags, prompt, tool, model or text; the
    beginning of a word is enough. listed=False: one's own unlisted ones. bin: what was deleted. folded: of each stack
    only the newest. among: none but these, of which there are few. up: the page before the cursor instead of the one after; without a cursor the last one; then
    `next` is the cursor of the page above.
    Raises NotThere for a team that is not theirs, InvalidInputs for a cursor that is none.
    """
    asks = filters or Filters(**asked)
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
    if among is not None:
        rows = rows.filter(pk__in=among)
    if folded:
        rows = rows.filter(top=True)
    rows = _narrowed(rows, asks)
    edge = _Edge(
        up,
        _key(cursor) if cursor else None,
        first_key(asks.after) if asks.after else None,
        end_key(asks.before) if asks.before else None,
    )
    limit = max(1, min(limit, MOST))
    walk, rows = _walk_of(rows, asks, teams, indexed=listed and not bin and among is None)
    if walk is nothing:
        return Page([], None)
    found = _walked(rows, walk, edge, limit + 1) if walk else _newest(rows, teams, edge, limit + 1)
    items = sorted(found[:limit], key=_by_key, reverse=True)
    return Page(items, str(found[limit - 1].pk) if len(found) > limit else None)


def brief(keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, Asset]:
    """Assets for a list, by their ids: of their text they have `excerpt` at hand."""
    return {asset.pk: asset for asset in light(Asset.objects.filter(pk__in=list(keys)))}


def _narrowed(rows: QuerySet[Asset], asks: Filters) -> QuerySet[Asset]:
    """The rows with those filters that are columns of their own."""
    exact = {
        "medium": asks.medium,
        "tool": asks.tool,
        "model": asks.model,
        "review_state": asks.review,
        "author_id": asks.author,
        "stack": asks.stack,
        "width__gte": asks.min_width,
        "width__lte": asks.max_width,
        "duration_s__gte": asks.min_duration,
        "duration_s__lte": asks.max_duration,
    }
    rows = rows.filter(
        **{field: value for field, value in exact.items() if value is not None and value != ""}
    )
    if asks.rating:
        rows = rows.filter(rating_n__gt=0, rating_sum__gte=F("rating_n") * asks.rating)
    return rows


def _walk_of(
    rows: QuerySet[Asset], asks: Filters, teams: Sequence[uuid.UUID], *, indexed: bool
) -> tuple[Walk | None, QuerySet[Asset]]:
    """The index along which to go where it is not that of the assets, and the rows with what it does not ask.

    indexed: whether it is the gallery; of other lists there is so little that the filters are asked as they are.
    """
    walks: list[tuple[Walk, Q]] = []
    if asks.q.strip():
        match = _match(asks.q, teams, asks.medium, [asks.tool, asks.model, asks.tag])
        if match is None:
            return nothing, rows
        walks.append((_words_walk(match), Q(pk__in=RawSQL(_FOUND[connection.vendor], [match]))))
    if asks.board is not None:
        on_it = BoardItem.objects.filter(board=asks.board)
        walks.append((_links_walk([on_it]), Q(pk__in=on_it.values("asset"))))
    if asks.tag:
        tags = list(Tag.objects.filter(team__in=teams, name=asks.tag.lower()).values_list("pk", flat=True))
        links = Asset.tags.through.objects.all()
        walks.append((_links_walk([links.filter(tag_id=tag) for tag in tags]), Q(tags__in=tags)))
    if asks.colour:
        coloured = AssetColour.objects.filter(name=asks.colour)
        each = [coloured.filter(team=one) for one in teams]
        walks.append((_links_walk(each), Q(Exists(coloured.filter(asset=OuterRef("pk"))))))
    # Along the first; the others are asked of what it meets.
    first = walks[0][0] if walks and indexed else None
    for _walk, condition in walks[1:] if indexed else walks:
        rows = rows.filter(condition)
    return first, rows


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


@dataclass(frozen=True)
class _Edge:
    """Where a page begins and what bounds the list: ids from `first` on, below `end`.

    up: it goes from old to new, from the cursor (or the very first) on.
    """

    up: bool
    cursor: uuid.UUID | None
    first: uuid.UUID | None
    end: uuid.UUID | None

    def start(self) -> uuid.UUID | None:
        """Keys come before this one (after it, upwards)."""
        if self.up:
            return self.cursor
        known = [key for key in (self.cursor, self.end) if key is not None]
        return min(known) if known else None

    def bounded(self, rows: QuerySet[Asset]) -> QuerySet[Asset]:
        if self.cursor is not None:
            rows = rows.filter(pk__gt=self.cursor) if self.up else rows.filter(pk__lt=self.cursor)
        if self.first is not None:
            rows = rows.filter(pk__gte=self.first)
        if self.end is not None:
            rows = rows.filter(pk__lt=self.end)
        return rows

    def passed(self, key: uuid.UUID) -> bool:
        """Whether nothing beyond this key is in the list."""
        if self.up:
            return self.end is not None and key >= self.end
        return self.first is not None and key < self.first


def _newest(rows: QuerySet[Asset], teams: Sequence[uuid.UUID], edge: _Edge, most: int) -> list[Asset]:
    """The `most` rows nearest to the edge, the nearest first."""
    rows = edge.bounded(rows).order_by("pk" if edge.up else "-pk")
    if not 1 < len(teams) <= MERGED:
        return list(light(rows)[:most])
    # One walk along the index for each team, and the newest of them all: sorting all rows takes far longer.
    each = [key for one in teams for key in rows.filter(team_id=one).values_list("pk", flat=True)[:most]]
    here = brief(sorted(each, reverse=not edge.up)[:most])
    return sorted(here.values(), key=_by_key, reverse=not edge.up)


def _by_key(asset: Asset) -> uuid.UUID:
    return asset.pk


# ---------------------------------------------- walks: what may be meant, in the list's order, a few hundred at a time

Walk = Callable[[uuid.UUID | None, int, bool], list[uuid.UUID]]
"""(from, n, up) → the next n keys of an index that is in the order of the list, without the other filters."""


def nothing(start: uuid.UUID | None, most: int, up: bool) -> list[uuid.UUID]:
    """The walk where nothing can be meant."""
    return []


def _walked(rows: QuerySet[Asset], walk: Walk, edge: _Edge, most: int) -> list[Asset]:
    """The `most` rows nearest to the edge that the walk meets. Left to itself a database may collect all of them first,
    which takes the longer the more there is to find."""
    rows = edge.bounded(rows)
    start = edge.start()
    if edge.up and start is None and edge.first is not None:
        start = uuid.UUID(int=max(0, edge.first.int - 1))
    rows = light(rows).order_by("pk" if edge.up else "-pk")
    found: list[Asset] = []
    step = 2 * most
    while len(found) < most:
        met = walk(start, step, edge.up)
        found += rows.filter(pk__in=met)[: most - len(found)]
        if len(met) < step or edge.passed(met[-1]):
            break
        start, step = met[-1], min(4 * step, LONGEST_STEP)
    return found


def _links_walk(links: Sequence[QuerySet[Any]]) -> Walk:
    """Along rows that name an asset in `asset_id`, each set of them in an index by it."""

    def walk(start: uuid.UUID | None, most: int, up: bool) -> list[uuid.UUID]:
        met: list[uuid.UUID] = []
        for each in links:
            if start is not None:
                each = each.filter(asset_id__gt=start) if up else each.filter(asset_id__lt=start)
            each = each.order_by("asset_id" if up else "-asset_id")
            met += each.values_list("asset_id", flat=True)[:most]
        return sorted(met, reverse=not up)[:most]

    return walk


def _words_walk(match: str) -> Walk:
    def walk(start: uuid.UUID | None, most: int, up: bool) -> list[uuid.UUID]:
        place = place_of(start) if start is not None else -1 if up else LAST_PLACE
        indexed = f"{_FOUND[connection.vendor]} AND {_INDEXED[connection.vendor]}"
        if connection.vendor == "sqlite":  # whose index is in the order of the list
            return _met(indexed, up, match, place, most)
        # PostgreSQL's is not: words that much has are found soonest by looking through the nearest rows, words that
        # little has by the index and a sort. How many of the nearest have them says which they are; left to itself
        # PostgreSQL guesses, and looks through all rows for words that none has together.
        looked_at = 8 * most
        met = _met(_NEAREST, up, place, looked_at, match, most)
        if 0 < len(met) < most and (further := looked_at * most * 3 // (2 * len(met))) <= LOOKED_AT:
            met = _met(_NEAREST, up, place, further, match, most)
        return met if len(met) == most else _met(indexed, up, match, place, most)

    return walk


def _met(sql: str, up: bool, *given: str | int) -> list[uuid.UUID]:
    beyond, order = (">", "ASC") if up else ("<", "DESC")
    with connection.cursor() as cursor:
        cursor.execute(sql.format(beyond=beyond, order=order), given)
        return [uuid.UUID(str(key)) for (key,) in cursor.fetchall()]


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

_INDEXED = {
    "sqlite": "gallery_fts.rowid {beyond} %s ORDER BY gallery_fts.rowid {order} LIMIT %s",
    # `+ 0` keeps it from looking through the rows in their order.
    "postgresql": "id {beyond} %s ORDER BY id + 0 {order} LIMIT %s",
}
_NEAREST = (
    "SELECT asset_id FROM (SELECT asset_id, id, vector FROM gallery_searchentry WHERE id {beyond} %s"
    " ORDER BY id {order} LIMIT %s) AS nearest WHERE vector @@ %s::tsquery ORDER BY id {order} LIMIT %s"
)

"""The verbs of boards: named sets of a team's assets, picked by hand or chosen by filters (smart)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.feeds.actions import tell_team
from studio.gallery import search
from studio.gallery.actions import visible as visible_assets
from studio.gallery.filters import Filters, filters_from
from studio.gallery.models import Asset, Board, BoardItem
from studio.problems import Conflict, InvalidInputs
from studio.teams.models import Team
from studio.teams.rights import Actor, NotThere, find, require

MOST_ITEMS = 10_000
STEP = 1024.0
CLOSEST = 1e-6  # places nearer than this are dealt anew


class ChosenByFilters(Conflict):
    """A smart board holds what its filters find: nothing is put on it or taken off by hand."""

    title = "The board's filters choose what is on it"


def visible(actor: Actor) -> QuerySet[Board]:
    """The boards of this actor's teams, without deleted ones."""
    return Board.objects.filter(team_id__in=actor.team_ids, deleted_at=None)


def get_visible(actor: Actor, id: uuid.UUID, verb: str = "board.view", *, deleted: bool = False) -> Board:
    """The board, for `verb`; NotThere or NotAllowed. deleted: one that was taken away is found too."""
    rows = Board.objects.all() if deleted else visible(actor)
    return find(actor, rows.select_related("team"), id, verb)


def create(
    actor: Actor, team: Team, *, title: str, note: str = "", filters: Mapping[str, Any] | None = None
) -> Board:
    """A new board; with `filters` (see Filters) a smart one."""
    require(actor, "board.edit", team)
    board = Board(
        team=team,
        author=actor.user,
        title=_title(title),
        note=_plain(note),
        filters=_kept(actor, team, filters),
    )
    with transaction.atomic():
        board.save(force_insert=True)
        _tell(board)
    return board


@transaction.atomic
def edit(actor: Actor, board: Board, **told: Any) -> Board:
    """Change title, note or filters; what is not named stays. A board does not turn from one kind into the other."""
    require(actor, "board.edit", board)
    if told.get("title") is not None:
        board.title = _title(told["title"])
    if told.get("note") is not None:
        board.note = _plain(told["note"])
    if told.get("filters") is not None:
        if board.filters is None:
            raise InvalidInputs.at("filters", _("This board is picked by hand: it has no filters."))
        board.filters = _kept(actor, board.team, told["filters"])
    board.updated_at = timezone.now()
    board.save(update_fields=["title", "note", "filters", "updated_at"])
    _tell(board)
    return board


@transaction.atomic
def delete(actor: Actor, board: Board) -> None:
    """Take a board away; it can be taken back for 30 days. Its assets stay where they are."""
    require(actor, "board.delete", board)
    board.deleted_at = timezone.now()
    board.save(update_fields=["deleted_at"])
    _tell(board)


@transaction.atomic
def restore(actor: Actor, board: Board) -> None:
    require(actor, "board.delete", board)
    board.deleted_at = None
    board.save(update_fields=["deleted_at"])
    _tell(board)


# ---------------------------------------------------------------- what is on it


@transaction.atomic
def add(actor: Actor, board: Board, assets: Iterable[uuid.UUID]) -> int:
    """Put assets of the board's team at its end, in this order; those that are on it stay where they are. Gives how
    many came. NotThere where one is not there or not theirs."""
    _by_hand(actor, board)
    ids = list(dict.fromkeys(assets))
    there = visible_assets(actor).filter(pk__in=ids, team_id=board.team_id, deleted_at=None)
    if there.count() != len(ids):
        raise NotThere
    on_it = BoardItem.objects.filter(board=board)
    known = set(on_it.filter(asset__in=ids).values_list("asset_id", flat=True))
    fresh = [key for key in ids if key not in known]
    if on_it.count() + len(fresh) > MOST_ITEMS:
        raise InvalidInputs.at("assets", _("A board holds at most %(n)d assets.") % {"n": MOST_ITEMS})
    last = on_it.aggregate(last=Max("position"))["last"] or 0.0
    BoardItem.objects.bulk_create(
        BoardItem(board=board, asset_id=key, position=last + STEP * place, added_by=actor.user)
        for place, key in enumerate(fresh, 1)
    )
    _touch(board)
    return len(fresh)


@transaction.atomic
def remove(actor: Actor, board: Board, assets: Iterable[uuid.UUID]) -> int:
    """Take assets off a board; gives how many were on it."""
    _by_hand(actor, board)
    gone, _each = BoardItem.objects.filter(board=board, asset__in=list(assets)).delete()
    _touch(board)
    return gone


@transaction.atomic
def set_boards(actor: Actor, asset: Asset, ids: Iterable[uuid.UUID]) -> None:
    """Make these the boards that an asset is on; smart ones are not meant. NotThere where one is not theirs."""
    wanted = set(ids)
    known = set(
        BoardItem.objects.filter(asset=asset, board__deleted_at=None).values_list("board_id", flat=True)
    )
    for key in sorted(wanted - known):
        add(actor, get_visible(actor, key), [asset.pk])
    for key in sorted(known - wanted):
        remove(actor, get_visible(actor, key), [asset.pk])


@transaction.atomic
def move(actor: Actor, board: Board, assets: list[uuid.UUID], before: uuid.UUID | None) -> None:
    """Put assets of a board, in this order, before another of it; to its end without one. NotThere where one is not on
    the board."""
    _by_hand(actor, board)
    items = BoardItem.objects.filter(board=board)
    moved = {item.asset_id: item for item in items.filter(asset__in=assets)}
    if len(moved) != len(set(assets)) or before in moved:
        raise NotThere
    rest = items.exclude(asset__in=assets)
    if before is None:
        low = rest.aggregate(last=Max("position"))["last"] or 0.0
        high = low + STEP * (len(moved) + 1)
    else:
        target = items.filter(asset=before).first()
        if target is None:
            raise NotThere
        high = target.position
        below = rest.filter(position__lt=high).aggregate(last=Max("position"))["last"]
        low = below if below is not None else high - STEP * (len(moved) + 1)
    gap = (high - low) / (len(moved) + 1)
    if gap < CLOSEST:
        _deal_anew(board)
        move(actor, board, assets, before)
        return
    for place, key in enumerate(dict.fromkeys(assets), 1):
        moved[key].position = low + gap * place
    BoardItem.objects.bulk_update(moved.values(), ["position"])
    _touch(board)


def _deal_anew(board: Board) -> None:
    """Even places for all items, in their order."""
    items = list(BoardItem.objects.filter(board=board).order_by("position", "pk"))
    for place, item in enumerate(items, 1):
        item.position = STEP * place
    BoardItem.objects.bulk_update(items, ["position"], batch_size=500)


def items(
    actor: Actor, board: Board, *, cursor: str | None = None, limit: int = search.LIMIT, up: bool = False
) -> search.Page:
    """A page of what is on a board and this actor may see: in its own order, a smart one's newest first. up: the page
    before the cursor; without a cursor the last one."""
    require(actor, "board.view", board)
    if board.filters is not None:
        asks = Filters.model_validate(board.filters)
        return search.find(actor, asks, team=board.team_id, cursor=cursor, limit=limit, up=up)
    rows = BoardItem.objects.filter(board=board, asset__deleted_at=None).filter(
        Q(asset__listed=True) | Q(asset__author=actor.user)
    )
    if cursor:
        position, key = _place(cursor)
        if up:
            rows = rows.filter(Q(position__lt=position) | Q(position=position, pk__lt=key))
        else:
            rows = rows.filter(Q(position__gt=position) | Q(position=position, pk__gt=key))
    order = ("-position", "-pk") if up else ("position", "pk")
    found = list(rows.order_by(*order).only("pk", "asset_id", "position")[: limit + 1])
    shown = found[:limit]
    here = search.brief(item.asset_id for item in shown)
    in_order = list(reversed(shown)) if up else shown
    last = shown[-1] if len(found) > limit else None
    return search.Page(
        [here[item.asset_id] for item in in_order if item.asset_id in here],
        f"{last.position!r}~{last.pk}" if last else None,
    )


def covers(actor: Actor, boards: Iterable[Board], most: int = 4) -> dict[uuid.UUID, list[Asset]]:
    """The first few of each board that have a picture, for its cover."""
    return {
        board.pk: [one for one in items(actor, board, limit=4 * most).items if one.thumbnail_id][:most]
        for board in boards
    }


def assets_on(actor: Actor, board: Board) -> list[Asset]:
    """Everything on a board that this actor may see, in its order; what export and share links hand out."""
    found: list[Asset] = []
    cursor: str | None = None
    while True:
        page = items(actor, board, cursor=cursor, limit=search.MOST)
        found += page.items
        cursor = page.next
        if cursor is None or len(found) >= MOST_ITEMS:
            return found[:MOST_ITEMS]


def _place(cursor: str) -> tuple[float, int]:
    position, _tilde, key = cursor.partition("~")
    try:
        return float(position), int(key)
    except ValueError:
        raise InvalidInputs.at("cursor", _("The cursor is none of this list's.")) from None


def _by_hand(actor: Actor, board: Board) -> None:
    require(actor, "board.edit", board)
    if board.filters is not None:
        raise ChosenByFilters(_("This board is smart: its filters choose what is on it."))
    # Two who change a board at once: the second sees what the first did.
    Board.objects.select_for_update().filter(pk=board.pk).first()


def _touch(board: Board) -> None:
    board.updated_at = timezone.now()
    board.save(update_fields=["updated_at"])
    _tell(board)


def _tell(board: Board) -> None:
    tell_team(board.team_id, "board", {"board": str(board.pk), "deleted": board.deleted_at is not None})


def _kept(actor: Actor, team: Team, filters: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if filters is None:
        return None
    asks = filters_from(filters)
    if asks.board is not None and not visible(actor).filter(pk=asks.board, team=team, filters=None).exists():
        raise InvalidInputs.at("filters", _("There is no such board, or it is smart itself."))
    return asks.asked()


def _title(title: str) -> str:
    words = " ".join(_plain(title).split())[:200]
    if not words:
        raise InvalidInputs.at("title", _("A board needs a title."))
    return words


def _plain(text: str) -> str:
    return text.replace("\x00", "")

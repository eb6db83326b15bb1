"""Pages of boards: all of them, and one."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studio.gallery import boards, views_gallery
from studio.gallery.asking import asking, in_words
from studio.gallery.models import Asset, Board
from studio.gallery.page_words import page_words
from studio.gallery.views_gallery import fragment_or_page, look_context, rows_context, the_team
from studio.teams.current import about_team
from studio.teams.pages import page
from studio.teams.rights import Actor, can

SHOWN = 60


@never_cache
@require_safe
@page
def all_boards(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The team's boards, those last changed first, each with its first few pictures."""
    team = the_team(request)
    found = list(boards.visible(actor).filter(team=team).order_by("-updated_at", "-pk")[:SHOWN])
    covers = boards.covers(actor, found)
    context = {
        "boards": [_card(board, covers[board.pk]) for board in found],
        **look_context(request, actor, team),
        "page_words": page_words(),
    }
    return render(request, "gallery/boards.html", context)


def _card(board: Board, cover: list[Asset]) -> dict[str, Any]:
    return {
        "board": board,
        "cover": cover,
        "rest": range(4 - len(cover)),
        "about": in_words(board.filters, board.team) if board.filters is not None else board.note,
    }


@never_cache
@require_safe
@page
def one_board(request: HttpRequest, actor: Actor, board_id: uuid.UUID) -> HttpResponse:
    """A board: the same rows as the gallery's, in its own order."""
    board = boards.get_visible(actor, board_id)
    about_team(request, board.team_id)
    up = "above" in request.GET or "end" in request.GET
    cursor = request.GET.get("above" if up else "cursor") or None
    found = boards.items(actor, board, cursor=cursor, limit=views_gallery.PAGE, up=up)
    here = reverse("board", args=[board.pk])
    further = f"{here}?{'above' if up else 'cursor'}={found.next}" if found.next else ""
    by_hand = board.filters is None
    days = rows_context(found.items)["days"]
    context: dict[str, Any] = {
        "board": board,
        "smart": not by_hand,
        "about": "" if by_hand else in_words(board.filters or {}, board.team),
        "ask": "" if by_hand else reverse("gallery") + asking(board.filters or {}).query(),
        "here": here,
        # By hand there are no days: one group with everything.
        "days": [{"day": None, "items": found.items}] if by_hand and found.items else days,
        "more": "" if up else further,
        "newer": further if up else "",
        "asked": {},
        "nothing_asked": True,
        "may_edit": can(actor, "board.edit", board),
        "may_delete": can(actor, "board.delete", board),
        "may_share": can(actor, "share.create", board),
        **look_context(request, actor, board.team),
    }
    return fragment_or_page(request, "gallery/board.html", context)

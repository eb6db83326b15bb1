"""Calls about boards."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from asgiref.sync import sync_to_async
from django.http import HttpResponseBase
from ninja import Query, Router, Status

from studio.api_shapes import LIMIT, Cursor, Limit, Listed, TeamFilter, page
from studio.gallery import boards, zips
from studio.gallery.api_shapes import (
    AssetOut,
    AssetsIn,
    BoardIn,
    BoardMove,
    BoardOut,
    BoardPatch,
    CountOut,
)
from studio.gallery.json import assets_json
from studio.gallery.models import Board
from studio.gallery.teams import target_team
from studio.teams.auth import ApiRequest
from studio.teams.rights import NotThere

router = Router(tags=["Boards"])


def board_json(board: Board) -> dict[str, Any]:
    return {
        "id": str(board.pk),
        "team": str(board.team_id),
        "author": str(board.author_id) if board.author_id else None,
        "title": board.title,
        "note": board.note,
        "filters": board.filters,
        "created_at": board.created_at,
        "updated_at": board.updated_at,
        "deleted_at": board.deleted_at,
    }


@router.post("/boards", response={201: BoardOut}, summary="A new board")
def create(request: ApiRequest, body: BoardIn) -> Status[dict[str, Any]]:
    """With `filters` it is smart: it holds what they find, whenever it is looked at."""
    team = target_team(request.actor, body.team)
    asked = body.filters.asked() if body.filters is not None else None
    board = boards.create(request.actor, team, title=body.title, note=body.note, filters=asked)
    return Status(201, board_json(board))


@router.get("/boards", response=Listed[BoardOut], summary="Boards, newest first")
def listed(
    request: ApiRequest, team: TeamFilter = None, cursor: Cursor = None, limit: Limit = LIMIT
) -> dict[str, Any]:
    rows = boards.visible(request.actor)
    if team is not None:
        if team not in request.actor.roles:
            raise NotThere
        rows = rows.filter(team=team)
    found = page(rows, cursor=cursor, limit=limit)
    return {"items": [board_json(board) for board in found.rows], "next": found.next}


@router.get("/boards/{uuid:board}", response=BoardOut, summary="One board")
def read(request: ApiRequest, board: uuid.UUID) -> dict[str, Any]:
    return board_json(boards.get_visible(request.actor, board))


@router.patch("/boards/{uuid:board}", response=BoardOut, summary="Change a board's title, note or filters")
def change(request: ApiRequest, board: uuid.UUID, body: BoardPatch) -> dict[str, Any]:
    told = body.model_dump(exclude_unset=True, exclude={"filters"})
    if body.filters is not None:
        told["filters"] = body.filters.asked()
    return board_json(boards.edit(request.actor, boards.get_visible(request.actor, board), **told))


@router.delete("/boards/{uuid:board}", response={204: None}, summary="Take a board away")
def delete(request: ApiRequest, board: uuid.UUID) -> Status[None]:
    """Its assets stay. For 30 days it can be taken back."""
    boards.delete(request.actor, boards.get_visible(request.actor, board))
    return Status(204, None)


@router.post("/boards/{uuid:board}/restore", response=BoardOut, summary="Take a board back")
def restore(request: ApiRequest, board: uuid.UUID) -> dict[str, Any]:
    found = boards.get_visible(request.actor, board, deleted=True)
    boards.restore(request.actor, found)
    return board_json(found)


@router.get(
    "/boards/{uuid:board}/assets", response=Listed[AssetOut], summary="What is on a board, in its order"
)
def items(
    request: ApiRequest,
    board: uuid.UUID,
    cursor: Annotated[str | None, Query(max_length=80, description="`next` of the page before")] = None,
    limit: Limit = LIMIT,
) -> dict[str, Any]:
    """A smart board's newest first."""
    found = boards.items(request.actor, boards.get_visible(request.actor, board), cursor=cursor, limit=limit)
    return {"items": assets_json(found.items, request.actor), "next": found.next}


@router.post("/boards/{uuid:board}/assets", response=CountOut, summary="Put assets on a board")
def add(request: ApiRequest, board: uuid.UUID, body: AssetsIn) -> dict[str, int]:
    """At its end, in this order; those that are on it stay where they are. All or none."""
    found = boards.get_visible(request.actor, board)
    return {"changed": boards.add(request.actor, found, body.assets)}


@router.post("/boards/{uuid:board}/remove", response=CountOut, summary="Take assets off a board")
def remove(request: ApiRequest, board: uuid.UUID, body: AssetsIn) -> dict[str, int]:
    found = boards.get_visible(request.actor, board)
    return {"changed": boards.remove(request.actor, found, body.assets)}


@router.post("/boards/{uuid:board}/move", response=CountOut, summary="Put assets of a board elsewhere on it")
def move(request: ApiRequest, board: uuid.UUID, body: BoardMove) -> dict[str, int]:
    found = boards.get_visible(request.actor, board)
    boards.move(request.actor, found, body.assets, body.before)
    return {"changed": len(set(body.assets))}


@router.get("/boards/{uuid:board}/export", response={200: None}, summary="A board as a zip")
async def export(request: ApiRequest, board: uuid.UUID) -> HttpResponseBase:
    """Streamed: each asset's file and parts, and beside it a JSON file with its title, tags, prompt and facts."""

    def look() -> tuple[str, list[zips.Entry]]:
        found = boards.get_visible(request.actor, board, "asset.download")
        return found.title, zips.entries_of(request.actor, boards.assets_on(request.actor, found))

    title, entries = await sync_to_async(look)()
    return await zips.as_response(entries, title)

"""Calls about share links. What a guest reaches by one are pages and files below /s/, see views.py."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.urls import reverse
from ninja import Query, Router, Status
from pydantic import AwareDatetime, Field

from studio.api_shapes import LIMIT, Body, Cursor, Limit, Listed, Out, TeamFilter, When, page
from studio.clock import when
from studio.gallery import actions as gallery
from studio.gallery import boards
from studio.problems import InvalidInputs
from studio.shares import actions
from studio.shares.models import ShareLink
from studio.teams.asked import teams_for
from studio.teams.auth import ApiRequest

router = Router(tags=["Share links"])


class ShareOut(Out):
    id: uuid.UUID
    team: uuid.UUID
    asset: uuid.UUID | None
    board: uuid.UUID | None
    title: str
    password: bool = Field(description="Whether a password is asked for")
    expires_at: When | None
    revoked_at: When | None
    may_download: bool
    may_comment: bool
    watermark: str
    opened: int = Field(description="How often it was opened")
    opened_at: When | None
    created_at: When
    url: str | None = Field(description="The link itself, in the answer to its making alone")


class ShareIn(Body):
    """Name an asset or a board."""

    asset: uuid.UUID | None = None
    board: uuid.UUID | None = None
    title: str = Field("", max_length=200)
    password: str = Field("", max_length=200)
    expires_at: AwareDatetime | None = None
    may_download: bool = False
    may_comment: bool = False
    watermark: str = Field(
        "",
        max_length=60,
        description="Words laid over pictures and films; sounds get a short tone every eight seconds. Nothing can be "
        "downloaded then, and texts are not shown",
    )


def share_json(link: ShareLink, url: str | None = None) -> dict[str, Any]:
    return {
        "id": str(link.pk),
        "team": str(link.team_id),
        "asset": str(link.asset_id) if link.asset_id else None,
        "board": str(link.board_id) if link.board_id else None,
        "title": link.title,
        "password": bool(link.password),
        "expires_at": when(link.expires_at),
        "revoked_at": when(link.revoked_at),
        "may_download": link.may_download,
        "may_comment": link.may_comment,
        "watermark": link.watermark,
        "opened": link.opened,
        "opened_at": when(link.opened_at),
        "created_at": when(link.created_at),
        "url": url,
    }


@router.get("/shares", response=Listed[ShareOut], summary="Share links, newest first")
def shares(
    request: ApiRequest,
    team: TeamFilter = None,
    asset: Annotated[uuid.UUID | None, Query()] = None,
    board: Annotated[uuid.UUID | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
) -> dict[str, Any]:
    rows = ShareLink.objects.filter(team__in=teams_for(request.actor, team, "share.view"))
    if asset:
        rows = rows.filter(asset=asset)
    if board:
        rows = rows.filter(board=board)
    found = page(rows, cursor=cursor, limit=limit)
    return {"items": [share_json(row) for row in found.rows], "next": found.next}


@router.post("/shares", response={201: ShareOut}, summary="Share an asset or a board")
def share(request: ApiRequest, body: ShareIn) -> Status[dict[str, Any]]:
    """Whoever has the link sees the work without signing in, never its prompt, facts or family. `url` is told this once."""
    actor = request.actor
    if (body.asset is None) == (body.board is None):
        raise InvalidInputs("Name an asset or a board: one of the two.")
    thing = (
        gallery.get_visible(actor, body.asset) if body.asset else boards.get_visible(actor, _set(body.board))
    )
    link, secret = actions.share(
        actor,
        thing,
        title=body.title,
        password=body.password,
        expires_at=body.expires_at,
        may_download=body.may_download,
        may_comment=body.may_comment,
        watermark=body.watermark,
    )
    url = request.build_absolute_uri(reverse("shared", args=[secret]))
    return Status(201, share_json(link, url))


def _set(id: uuid.UUID | None) -> uuid.UUID:
    assert id is not None
    return id


@router.delete("/shares/{uuid:share}", response={204: None}, summary="Revoke a share link")
def revoke(request: ApiRequest, share: uuid.UUID) -> Status[None]:
    """At once: what is open by it answers nothing any more."""
    actions.revoke(request.actor, actions.get_visible(request.actor, share))
    return Status(204, None)

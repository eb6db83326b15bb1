"""Calls that copy or move into another team."""

from __future__ import annotations

import uuid
from typing import Any

from ninja import Router

from studio.gallery import boards, elsewhere
from studio.gallery.api_shapes import AssetsSend, SendIn, SentOut
from studio.gallery.teams import target_team
from studio.teams.auth import ApiRequest

router = Router(tags=["Assets"])


def sent_json(sent: elsewhere.Sent, team: uuid.UUID) -> dict[str, Any]:
    return {
        "team": team,
        "moved": sent.moved,
        "assets": [{"original": old, "asset": new.pk} for old, new in sent.copies.items()],
        "board": sent.board.pk if sent.board else None,
    }


@router.post("/assets/send", response=SentOut, summary="Copy or move assets into another team")
def send(request: ApiRequest, body: AssetsSend) -> dict[str, Any]:
    """All or none. Along come the file and its parts, title, prompt, tags, how it was made, and links among those that go
    together; ratings, comments, reviews and share links stay with the originals. A copy takes no second place on the
    disk. A move puts the originals into the bin for 30 days: restore them and delete the new ones, and all is as before."""
    team = target_team(request.actor, body.team)
    return sent_json(elsewhere.send(request.actor, body.assets, team, move=body.move), body.team)


@router.post("/boards/{uuid:board}/send", response=SentOut, summary="Copy or move a board into another team")
def send_board(request: ApiRequest, board: uuid.UUID, body: SendIn) -> dict[str, Any]:
    """With what it holds now, a thousand assets at most, in its order. A smart one becomes one picked by hand."""
    found = boards.get_visible(request.actor, board)
    team = target_team(request.actor, body.team)
    return sent_json(elsewhere.send_board(request.actor, found, team, move=body.move), body.team)

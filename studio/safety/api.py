"""Calls about a team's rules and the concerns that they raised; a manager's right."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from ninja import Router
from pydantic import Field

from studio.api_shapes import LIMIT, Body, Cursor, Limit, Listed, Out, page
from studio.safety import actions
from studio.safety.models import Flag
from studio.teams.auth import ApiRequest
from studio.teams.models import Team
from studio.teams.rights import Actor, NotThere, require

router = Router(tags=["Safety"])


class PolicyBody(Body):
    blocked_words: list[str] = Field(description="Words and phrases that prompts of this team may not hold")


class PolicyOut(Out):
    blocked_words: list[str]


class FlagOut(Out):
    id: uuid.UUID
    user: uuid.UUID | None
    rule: str
    stage: str = Field(description="“before”: inputs; “after”: a file")
    thing: str = Field(description="The field; the words themselves are not kept")
    at: datetime


def _team(actor: Actor, team: uuid.UUID) -> Team:
    if team not in actor.roles:
        raise NotThere
    return Team.objects.get(pk=team)


@router.get("/teams/{uuid:team}/policy", response=PolicyOut, summary="A team's rules")
def read(request: ApiRequest, team: uuid.UUID) -> dict[str, Any]:
    return {"blocked_words": actions.blocked_words(request.actor, _team(request.actor, team))}


@router.put("/teams/{uuid:team}/policy", response=PolicyOut, summary="Set a team's rules")
def change(request: ApiRequest, team: uuid.UUID, body: PolicyBody) -> dict[str, Any]:
    """On top of the studio's own, which no team can take away."""
    found = _team(request.actor, team)
    words = actions.set_blocked_words(actor=request.actor, team=found, words=body.blocked_words)
    return {"blocked_words": words}


@router.get("/teams/{uuid:team}/flags", response=Listed[FlagOut], summary="Concerns that rules raised")
def flags(
    request: ApiRequest, team: uuid.UUID, cursor: Cursor = None, limit: Limit = LIMIT
) -> dict[str, Any]:
    found = _team(request.actor, team)
    require(request.actor, "team.policy", found)
    rows = page(Flag.objects.filter(team=found), cursor=cursor, limit=limit)
    items = [
        {
            "id": flag.pk,
            "user": flag.user_id,
            "rule": flag.rule,
            "stage": flag.stage,
            "thing": flag.thing,
            "at": flag.at,
        }
        for flag in rows.rows
    ]
    return {"items": items, "next": rows.next}

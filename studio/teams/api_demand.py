"""The call about what a team demands of its members."""

from __future__ import annotations

import uuid
from typing import Any, Literal

from ninja import Router
from pydantic import Field

from studio.api_shapes import Body
from studio.teams.api import TeamOut, find_team, team_json
from studio.teams.auth import ApiRequest
from studio.teams.demand import demand
from studio.teams.fresh import ask_fresh

router = Router(tags=["People"])


class DemandIn(Body):
    second_step: Literal["", "own", "company"] = Field(
        description="own: an authenticator app or a passkey; company: the company's sign-in counts too; empty: nothing"
    )


@router.put(
    "/teams/{uuid:team}/second-step", response=TeamOut, summary="Demand a second step of a team's members"
)
def set_second_step(request: ApiRequest, team: uuid.UUID, body: DemandIn) -> dict[str, Any]:
    """Owners who have one may. Members without see nothing of the team, and their tokens answer `second-step`, until
    they have set one up."""
    found = find_team(request, team)
    if request.actor.token is None:
        ask_fresh(request)
    changed = demand(actor=request.actor, team=found, wanted=body.second_step)
    return team_json(changed, request.actor.roles[changed.pk])

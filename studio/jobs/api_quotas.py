"""Calls about what a team may use, and has used."""

from __future__ import annotations

import uuid
from typing import Any

from ninja import Router
from pydantic import Field

from studio.api_shapes import Body, Out
from studio.jobs import quotas
from studio.teams.asked import team_for
from studio.teams.auth import ApiRequest
from studio.teams.models import Team
from studio.teams.rights import require

router = Router(tags=["Teams"])

Quota = int | None


class QuotasIn(Body):
    jobs_a_day: Quota = Field(None, ge=0, le=quotas.MOST, description="Null: none")
    minutes_a_month: Quota = Field(None, ge=0, le=quotas.MOST, description="Of workers; null: none")
    disk_mb: Quota = Field(None, ge=0, le=quotas.MOST, description="Millions of bytes; null: none")


class UsedOut(Out):
    jobs: int = Field(description="Submitted since midnight, UTC")
    minutes: float = Field(description="Of workers since the first of the month, UTC")
    disk_mb: float = Field(description="Of all assets, those in the bin included")


class QuotasOut(Out):
    jobs_a_day: Quota
    minutes_a_month: Quota
    disk_mb: Quota
    used: UsedOut


def _json(team: Team) -> dict[str, Any]:
    used = quotas.used(team)
    return {name: getattr(team, name) for name in quotas.NAMES} | {"used": vars(used)}


@router.get("/teams/{uuid:team}/quotas", response=QuotasOut, summary="What a team may use, and has used")
def read_quotas(request: ApiRequest, team: uuid.UUID) -> dict[str, Any]:
    found = team_for(request.actor, team)
    assert found is not None
    require(request.actor, "team.view", found)
    return _json(found)


@router.patch("/teams/{uuid:team}/quotas", response=QuotasOut, summary="Set a team's quotas")
def change_quotas(request: ApiRequest, team: uuid.UUID, body: QuotasIn) -> dict[str, Any]:
    """An owner's right. What is left out stays; null takes a quota away."""
    found = team_for(request.actor, team)
    assert found is not None
    asked = body.model_dump(include=body.model_fields_set & set(quotas.NAMES))
    quotas.set_quotas(actor=request.actor, team=found, **asked)
    return _json(found)

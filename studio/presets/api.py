"""Calls about presets and wildcards."""

from __future__ import annotations

import uuid
from typing import Any

from ninja import Router, Status
from pydantic import Field

from studio.api_shapes import LIMIT, Body, Cursor, Limit, Listed, Out, TeamFilter, When, page
from studio.clock import when
from studio.presets import actions
from studio.presets.models import Preset, Wildcard
from studio.presets.wordings import counts
from studio.teams.asked import default_team, team_for, teams_for
from studio.teams.auth import ApiRequest

router = Router(tags=["Presets and wildcards"])


class PresetOut(Out):
    id: uuid.UUID
    team: uuid.UUID
    tool: str
    name: str
    inputs: dict[str, Any]
    created_at: When
    changed_at: When


class PresetIn(Body):
    team: uuid.UUID | None = Field(None, description="Without it: the token's team, else your own")
    tool: str = Field(max_length=60)
    name: str = Field(max_length=200)
    inputs: dict[str, Any] = Field(description="Inputs that are assets are left out")


class PresetChange(Body):
    name: str = Field(max_length=200)


class WildcardOut(Out):
    id: uuid.UUID
    team: uuid.UUID
    name: str
    text: str = Field(description="A line for each wording")
    wordings: int = Field(description="How many wordings `__name__` stands for; 10**12 a line at most")
    created_at: When
    changed_at: When


class WildcardIn(Body):
    team: uuid.UUID | None = Field(None, description="Without it: the token's team, else your own")
    name: str = Field(max_length=200)
    text: str = Field(max_length=1_000_000)


class WildcardChange(Body):
    name: str | None = Field(None, max_length=200)
    text: str | None = Field(None, max_length=1_000_000)


def _preset(one: Preset) -> dict[str, Any]:
    return {
        "id": one.pk,
        "team": one.team_id,
        "tool": one.tool,
        "name": one.name,
        "inputs": one.inputs,
        "created_at": when(one.created_at),
        "changed_at": when(one.changed_at),
    }


def _wildcard(one: Wildcard, known: dict[str, list[int]] | None = None) -> dict[str, Any]:
    """known: of each list of its team the wordings of each line."""
    if known is None:
        known = counts(actions.lists_of(one.team))
    return {
        "id": one.pk,
        "team": one.team_id,
        "name": one.name,
        "text": one.text,
        "wordings": sum(known.get(one.name, ())),
        "created_at": when(one.created_at),
        "changed_at": when(one.changed_at),
    }


@router.get("/presets", response=Listed[PresetOut], summary="Presets, newest first")
def presets(
    request: ApiRequest,
    tool: str | None = None,
    team: TeamFilter = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
) -> dict[str, Any]:
    rows = Preset.objects.filter(team__in=teams_for(request.actor, team, "preset.view"))
    if tool is not None:
        rows = rows.filter(tool=tool)
    found = page(rows, cursor=cursor, limit=limit)
    return {"items": [_preset(one) for one in found.rows], "next": found.next}


@router.post("/presets", response={201: PresetOut}, summary="Keep inputs of a tool as a preset")
def save(request: ApiRequest, body: PresetIn) -> Status[dict[str, Any]]:
    """One of that tool and name takes these inputs."""
    team = team_for(request.actor, body.team) or default_team(request.actor)
    return Status(201, _preset(actions.save_preset(request.actor, team, body.tool, body.name, body.inputs)))


@router.get("/presets/{uuid:preset}", response=PresetOut, summary="One preset")
def read(request: ApiRequest, preset: uuid.UUID) -> dict[str, Any]:
    return _preset(actions.get_visible(Preset, request.actor, preset))


@router.patch("/presets/{uuid:preset}", response=PresetOut, summary="Rename a preset")
def rename(request: ApiRequest, preset: uuid.UUID, body: PresetChange) -> dict[str, Any]:
    found = actions.get_visible(Preset, request.actor, preset, "preset.edit")
    actions.rename_preset(request.actor, found, body.name)
    return _preset(found)


@router.delete("/presets/{uuid:preset}", response={204: None}, summary="Delete a preset")
def delete(request: ApiRequest, preset: uuid.UUID) -> Status[None]:
    actions.delete(request.actor, actions.get_visible(Preset, request.actor, preset, "preset.edit"))
    return Status(204, None)


@router.get("/wildcards", response=Listed[WildcardOut], summary="Wildcards, newest first")
def wildcards(
    request: ApiRequest, team: TeamFilter = None, cursor: Cursor = None, limit: Limit = LIMIT
) -> dict[str, Any]:
    teams = teams_for(request.actor, team, "preset.view")
    found = page(Wildcard.objects.filter(team__in=teams), cursor=cursor, limit=limit)
    known = {one.pk: counts(actions.lists_of(one)) for one in teams}
    return {"items": [_wildcard(one, known[one.team_id]) for one in found.rows], "next": found.next}


@router.post("/wildcards", response={201: WildcardOut}, summary="Make a wildcard")
def make_wildcard(request: ApiRequest, body: WildcardIn) -> Status[dict[str, Any]]:
    team = team_for(request.actor, body.team) or default_team(request.actor)
    return Status(201, _wildcard(actions.save_wildcard(request.actor, team, body.name, body.text)))


@router.get("/wildcards/{uuid:wildcard}", response=WildcardOut, summary="One wildcard")
def read_wildcard(request: ApiRequest, wildcard: uuid.UUID) -> dict[str, Any]:
    return _wildcard(actions.get_visible(Wildcard, request.actor, wildcard))


@router.patch("/wildcards/{uuid:wildcard}", response=WildcardOut, summary="Change a wildcard")
def change_wildcard(request: ApiRequest, wildcard: uuid.UUID, body: WildcardChange) -> dict[str, Any]:
    found = actions.get_visible(Wildcard, request.actor, wildcard, "preset.edit")
    name = found.name if body.name is None else body.name
    text = found.text if body.text is None else body.text
    return _wildcard(actions.save_wildcard(request.actor, found.team, name, text, found))


@router.delete("/wildcards/{uuid:wildcard}", response={204: None}, summary="Delete a wildcard")
def delete_wildcard(request: ApiRequest, wildcard: uuid.UUID) -> Status[None]:
    """Prompts that name it keep the name as text from then on."""
    actions.delete(request.actor, actions.get_visible(Wildcard, request.actor, wildcard, "preset.edit"))
    return Status(204, None)

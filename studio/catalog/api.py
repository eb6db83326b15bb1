"""Calls about models."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from ninja import Query, Router, Status
from pydantic import Field

from studio.api_shapes import LIMIT, Body, Cursor, Limit, Listed, Out, TeamFilter, When, page
from studio.catalog import actions
from studio.catalog.json import model_json
from studio.teams.auth import ApiRequest
from studio.teams.models import Team
from studio.teams.rights import NotThere, require

router = Router(tags=["Models"])

StateName = Literal["available", "installing", "installed", "failed"]


class ModelOut(Out):
    id: uuid.UUID
    name: str = Field(description="What the input `model` says")
    team: uuid.UUID | None = Field(description="Null for everybody's models")
    title: str
    summary: str
    task: str
    format: str
    architecture: str | None
    licence: str | None
    digest: str | None
    bytes: int
    memory_bytes: int
    context: int | None = Field(description="Tokens that a language model holds")
    base: str | None = Field(
        description="What an image model or add-on is built on; add-ons fit models of their base"
    )
    triggers: list[str] = Field(description="Words that call up what a LoRA was trained on")
    defaults: dict[str, Any] = Field(
        description="Inputs that a job has with this model where it does not say them, as far as its tool has them"
    )
    state: StateName
    progress: float = Field(description="0 to 1, of an install")
    error: str | None
    job: uuid.UUID | None = Field(description="The job that installs, or has installed, it")
    created_at: When


class ModelIn(Body):
    source: str = Field(
        min_length=1,
        max_length=1000,
        description="A folder, a GGUF file or a LoRA file, or a name on the hub: owner/model, owner/model/file.safetensors",
    )
    name: str = Field(default="", max_length=120)
    title: str = Field(default="", max_length=160)
    team: uuid.UUID | None = Field(default=None, description="Only for this team; else for everybody")


@router.get("/models", response=Listed[ModelOut], summary="Models, newest first")
def models(
    request: ApiRequest,
    task: Annotated[str | None, Query(max_length=40)] = None,
    state: Annotated[StateName | None, Query()] = None,
    team: TeamFilter = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
) -> dict[str, Any]:
    """Everybody's, and those of your teams; with `team` those that this team can use."""
    actor = request.actor
    rows = actions.visible(actor)
    if team is not None:
        require(actor, "model.view", _team(request, team))
        rows = rows.filter(team=None) | rows.filter(team=team)
    if task is not None:
        rows = rows.filter(task=task)
    if state is not None:
        rows = rows.filter(state=state)
    found = page(rows, cursor=cursor, limit=limit)
    return {"items": [model_json(card) for card in found.rows], "next": found.next}


def _team(request: ApiRequest, team: uuid.UUID) -> Team:
    if team not in request.actor.roles:
        raise NotThere
    return Team.objects.get(pk=team)


@router.post("/models", response={201: ModelOut}, summary="Add a model from a folder or the hub")
def add(request: ApiRequest, body: ModelIn) -> Status[dict[str, Any]]:
    """Safetensors and GGUF only. `job` is what fetches, checks and adds it."""
    team = _team(request, body.team) if body.team is not None else None
    card, _job = actions.add_folder(request.actor, body.source, team=team, name=body.name, title=body.title)
    return Status(201, model_json(card))


@router.get("/models/{name}", response=ModelOut, summary="One model, by name or id")
def read_model(request: ApiRequest, name: str) -> dict[str, Any]:
    card = actions.get_visible(request.actor, name)
    require(request.actor, "model.view", card)
    return model_json(card)


@router.post("/models/{name}/install", response={201: ModelOut}, summary="Fetch a model's weights")
def install(request: ApiRequest, name: str) -> Status[dict[str, Any]]:
    """A job does it; `job` names it, and its progress is the model's too."""
    card = actions.get_visible(request.actor, name)
    actions.install(request.actor, card)
    return Status(201, model_json(card))


@router.delete("/models/{name}", response={204: None}, summary="Take a model's weights away")
def remove(request: ApiRequest, name: str) -> Status[None]:
    """One that somebody added goes from the catalogue too."""
    actions.remove(request.actor, actions.get_visible(request.actor, name))
    return Status(204, None)

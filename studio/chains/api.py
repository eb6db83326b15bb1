"""Calls about chains and their runs."""

from __future__ import annotations

import uuid
from typing import Any, Literal

from ninja import Router, Status
from pydantic import Field

from studio.api_shapes import LIMIT, Body, Cursor, Limit, Listed, Out, TeamFilter, When, page
from studio.chains import actions, derive
from studio.chains.json import chain_json, run_json
from studio.chains.models import Chain, ChainRun
from studio.chains.steps import Step
from studio.gallery.actions import get_visible as get_asset
from studio.jobs.api import IdempotencyKey
from studio.problems import InvalidInputs
from studio.teams.asked import default_team, team_for, teams_for
from studio.teams.auth import ApiRequest

router = Router(tags=["Chains"])

RunState = Literal["running", "succeeded", "failed", "cancelled"]


class ChainOut(Out):
    id: uuid.UUID
    team: uuid.UUID
    author: uuid.UUID | None
    name: str
    steps: list[Step] = Field(description="Counted from 1; a `result` or `same` names an earlier one")
    blanks: dict[str, Any] = Field(
        description='What a run asks for: "step.input" → the value that is offered'
    )
    created_at: When
    changed_at: When


class ChainIn(Body):
    """Name the asset whose history becomes the chain, or give the steps."""

    team: uuid.UUID | None = Field(
        None, description="Without it: the asset's, else the token's, else your own"
    )
    name: str = Field(max_length=200)
    asset: uuid.UUID | None = None
    steps: list[Step] | None = Field(None, min_length=1, max_length=12)


class ChainChange(Body):
    name: str | None = Field(None, max_length=200)
    steps: list[Step] | None = Field(None, min_length=1, max_length=12)


class RunIn(Body):
    values: dict[str, Any] = Field(
        default_factory=dict,
        description='"step.input" → value; what is left out takes what is offered, null is empty',
    )


class RunAsset(Out):
    id: uuid.UUID
    index: int


class RunStep(Out):
    tool: str
    job: uuid.UUID | None = Field(description="Null until it is submitted")
    state: Literal["queued", "running", "succeeded", "failed", "cancelled"] | None
    assets: list[RunAsset]


class RunOut(Out):
    id: uuid.UUID
    team: uuid.UUID
    author: uuid.UUID | None
    chain: uuid.UUID | None
    name: str
    state: RunState
    why: str | None = Field(description="Why it has stopped, in words")
    values: dict[str, Any]
    steps: list[RunStep]
    created_at: When
    finished_at: When | None


@router.get("/chains", response=Listed[ChainOut], summary="Chains, newest first")
def chains(
    request: ApiRequest, team: TeamFilter = None, cursor: Cursor = None, limit: Limit = LIMIT
) -> dict[str, Any]:
    rows = Chain.objects.filter(deleted_at=None, team__in=teams_for(request.actor, team, "chain.view"))
    found = page(rows, cursor=cursor, limit=limit)
    return {"items": [chain_json(one) for one in found.rows], "next": found.next}


@router.post("/chains", response={201: ChainOut}, summary="Keep a chain")
def save(request: ApiRequest, body: ChainIn) -> Status[dict[str, Any]]:
    """Of an asset: the steps that led to it; its prompts and uploads become blanks."""
    actor = request.actor
    team = team_for(actor, body.team)
    if (body.asset is None) == (body.steps is None):
        raise InvalidInputs("Name either an asset or the steps.")
    if body.asset is not None:
        asset = get_asset(actor, body.asset)
        steps, team = derive.steps_of(actor, asset), team or asset.team
    else:
        steps = body.steps or []
    team = team or default_team(actor)
    return Status(201, chain_json(actions.save(actor=actor, team=team, name=body.name, chain=steps)))


@router.get("/chains/runs", response=Listed[RunOut], summary="Runs of chains, newest first")
def runs(
    request: ApiRequest,
    chain: uuid.UUID | None = None,
    state: RunState | None = None,
    team: TeamFilter = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
) -> dict[str, Any]:
    rows = ChainRun.objects.filter(team__in=teams_for(request.actor, team, "chain.view"))
    if chain is not None:
        rows = rows.filter(chain=chain)
    if state is not None:
        rows = rows.filter(state=state)
    found = page(rows.prefetch_related("rows__job__job_assets"), cursor=cursor, limit=limit)
    return {"items": [run_json(one) for one in found.rows], "next": found.next}


@router.get("/chains/runs/{uuid:run}", response=RunOut, summary="One run")
def read_run(request: ApiRequest, run: uuid.UUID) -> dict[str, Any]:
    return run_json(actions.get_visible_run(request.actor, run))


@router.post("/chains/runs/{uuid:run}/cancel", response={202: RunOut}, summary="Stop a run")
def cancel(request: ApiRequest, run: uuid.UUID) -> Status[dict[str, Any]]:
    """Also 202 when it has ended: nothing changes then. What was made is kept."""
    found = actions.get_visible_run(request.actor, run)
    return Status(202, run_json(actions.cancel(actor=request.actor, run=found)))


@router.post("/chains/runs/{uuid:run}/go-on", response=RunOut, summary="Go on from where a run has stopped")
def go_on(request: ApiRequest, run: uuid.UUID) -> dict[str, Any]:
    """The step that failed is retried, unless somebody has retried its job already. 409 where the run has not stopped."""
    found = actions.get_visible_run(request.actor, run)
    return run_json(actions.go_on(actor=request.actor, run=found))


@router.get("/chains/{uuid:chain}", response=ChainOut, summary="One chain")
def read(request: ApiRequest, chain: uuid.UUID) -> dict[str, Any]:
    return chain_json(actions.get_visible(request.actor, chain))


@router.patch("/chains/{uuid:chain}", response=ChainOut, summary="Change a chain")
def change(request: ApiRequest, chain: uuid.UUID, body: ChainChange) -> dict[str, Any]:
    """What runs goes on as it began."""
    found = actions.get_visible(request.actor, chain, "chain.edit")
    return chain_json(actions.change(actor=request.actor, chain=found, name=body.name, to=body.steps))


@router.delete("/chains/{uuid:chain}", response={204: None}, summary="Delete a chain")
def delete(request: ApiRequest, chain: uuid.UUID) -> Status[None]:
    """It can be taken back for 30 days. Its runs and what they made stay."""
    actions.delete(actor=request.actor, chain=actions.get_visible(request.actor, chain, "chain.edit"))
    return Status(204, None)


@router.post("/chains/{uuid:chain}/restore", response=ChainOut, summary="Take a deleted chain back")
def restore(request: ApiRequest, chain: uuid.UUID) -> dict[str, Any]:
    found = actions.get_visible(request.actor, chain, "chain.edit", deleted=True)
    return chain_json(actions.restore(actor=request.actor, chain=found))


@router.post("/chains/{uuid:chain}/run", response={201: RunOut}, summary="Run a chain")
def run(
    request: ApiRequest, chain: uuid.UUID, body: RunIn, idempotency_key: IdempotencyKey = None
) -> Status[dict[str, Any]]:
    """The first step is submitted at once, each other one when the one before has ended well. You get a notice when it
    ends: done, failed, or stopped by somebody else."""
    found = actions.get_visible(request.actor, chain)
    begun = actions.run(actor=request.actor, chain=found, given=body.values, idempotency_key=idempotency_key)
    return Status(201, run_json(begun))

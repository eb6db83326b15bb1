"""Calls about batches: jobs made by one request."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Annotated, Any

from asgiref.sync import sync_to_async
from django.http import HttpResponse, HttpResponseBase
from ninja import File, Form, Query, Router, Status
from ninja.files import UploadedFile

from studio.api_shapes import LIMIT, Cursor, Limit, Listed, TeamFilter, page
from studio.gallery import zips
from studio.jobs import actions, sheet, when
from studio.jobs.actions.submit import find_tool
from studio.jobs.api import IdempotencyKey
from studio.jobs.api_shapes import (
    BatchIn,
    BatchOut,
    CheckedOut,
    ItemsIn,
    PlanOut,
    RetriedOut,
    SheetOut,
    WhenIn,
)
from studio.jobs.export import entries_of
from studio.jobs.json import batch_json
from studio.jobs.plan import plan_batch
from studio.problems import InvalidInputs
from studio.teams.asked import default_team, team_for, teams_for
from studio.teams.auth import ApiRequest
from studio.teams.rights import require

router = Router(tags=["Batches"])


@router.post("/batches", response={200: PlanOut, 201: BatchOut}, summary="Submit a batch")
def submit(
    request: ApiRequest,
    body: BatchIn,
    response: HttpResponse,
    dry_run: Annotated[bool, Query(description="Only say what it would be (200)")] = False,
    idempotency_key: IdempotencyKey = None,
) -> Status[dict[str, Any]]:
    """`inputs` are shared; `items`, `matrix`, `prompts` and `count` multiply. At most 10,000 jobs, accepted whole or not
    at all."""
    actor = request.actor
    ways: dict[str, Any] = body.model_dump(
        include={"matrix", "items", "prompts", "count", "draw", "draw_seed"}
    )
    parent = str(body.parent) if body.parent else None
    begins = when.parse(body.when)
    team = team_for(actor, body.team) or default_team(actor)
    if dry_run:
        plan = plan_batch(actor=actor, team=team, tool=body.tool, inputs=body.inputs, parent=parent, **ways)
        return Status(200, asdict(plan))
    batch = actions.submit_batch(
        actor=actor,
        tool=body.tool,
        inputs=body.inputs,
        team=team,
        title=body.title,
        parent=parent,
        idempotency_key=idempotency_key,
        when=begins,
        **ways,
    )
    response.headers["Location"] = f"/api/v1/batches/{batch.pk}"
    return Status(201, batch_json(batch))


@router.post("/batches/read", response=SheetOut, summary="Read a CSV or JSON Lines file")
def read_sheet(
    request: ApiRequest,
    tool: Annotated[str, Form(max_length=60)],
    file: Annotated[UploadedFile, File(description="CSV or JSON Lines, at most 20 MB and 10,000 rows")],
) -> dict[str, Any]:
    """Its rows, and the inputs of the tool that its columns seem to be meant for. Nothing runs."""
    declared = find_tool(tool)
    found = sheet.read(file.read(sheet.MOST_BYTES + 1))
    return {
        "columns": found.columns,
        "uses": sheet.guess(found, declared),
        "rows": [vars(row) for row in found.rows],
    }


@router.post("/batches/check", response=CheckedOut, summary="Check the rows of a batch")
def check_items(request: ApiRequest, body: ItemsIn) -> dict[str, Any]:
    """What is wrong with which item, all at once. Nothing runs."""
    team = team_for(request.actor, body.team) or default_team(request.actor)
    require(request.actor, "batch.submit", team)
    wrong: list[dict[str, Any]] = []
    try:
        actions.orders_of(
            actor=request.actor,
            team=team,
            tool=body.tool,
            jobs=[body.inputs | item for item in body.items],
            most_errors=1000,
        )
    except InvalidInputs as problem:
        for error in problem.errors:
            item, *place = error["loc"]
            wrong.append({"item": item, "input": str(place[0]) if place else None, "msg": error["msg"]})
    return {"total": len(body.items), "wrong": wrong}


@router.get("/batches", response=Listed[BatchOut], summary="Batches, newest first")
def batches(
    request: ApiRequest, team: TeamFilter = None, cursor: Cursor = None, limit: Limit = LIMIT
) -> dict[str, Any]:
    actor = request.actor
    rows = actions.visible_batches(actor).filter(team__in=teams_for(actor, team, "batch.view"))
    found = page(rows, cursor=cursor, limit=limit)
    return {"items": [batch_json(batch) for batch in found.rows], "next": found.next}


@router.get("/batches/{uuid:batch}", response=BatchOut, summary="One batch")
def read_batch(request: ApiRequest, batch: uuid.UUID) -> dict[str, Any]:
    found: dict[str, Any] = batch_json(actions.get_visible_batch(request.actor, batch))
    return found


@router.post("/batches/{uuid:batch}/cancel", response={202: BatchOut}, summary="Stop all of a batch")
def cancel(request: ApiRequest, batch: uuid.UUID) -> Status[dict[str, Any]]:
    """What has ended stays as it is."""
    found = actions.get_visible_batch(request.actor, batch)
    actions.cancel_batch(actor=request.actor, batch=found)
    return Status(202, batch_json(found))


@router.post("/batches/{uuid:batch}/pause", response=BatchOut, summary="Begin nothing more of a batch")
def pause(request: ApiRequest, batch: uuid.UUID) -> dict[str, Any]:
    """What runs goes on."""
    found = actions.get_visible_batch(request.actor, batch)
    actions.pause_batch(actor=request.actor, batch=found)
    return dict(batch_json(found))


@router.post("/batches/{uuid:batch}/resume", response=BatchOut, summary="Go on with a paused batch")
def resume(request: ApiRequest, batch: uuid.UUID) -> dict[str, Any]:
    found = actions.get_visible_batch(request.actor, batch)
    actions.resume_batch(actor=request.actor, batch=found)
    return dict(batch_json(found))


@router.post("/batches/{uuid:batch}/when", response=BatchOut, summary="Have a batch begin at another time")
def reschedule(request: ApiRequest, batch: uuid.UUID, body: WhenIn) -> dict[str, Any]:
    """What of it waits; `now` begins it at once. 409 where nothing of it waits."""
    found = actions.get_visible_batch(request.actor, batch)
    actions.reschedule_batch(actor=request.actor, batch=found, when=when.parse(body.when))
    return dict(batch_json(found))


@router.post("/batches/{uuid:batch}/retry-failed", response={201: RetriedOut}, summary="Retry what failed")
def retry_failed(request: ApiRequest, batch: uuid.UUID) -> Status[dict[str, Any]]:
    """A new job in the same batch for each that failed."""
    jobs = actions.retry_failed(actor=request.actor, batch=actions.get_visible_batch(request.actor, batch))
    return Status(201, {"jobs": [job.pk for job in jobs]})


@router.get("/batches/{uuid:batch}/export", response={200: None}, summary="All assets of a batch as a zip")
async def export(request: ApiRequest, batch: uuid.UUID) -> HttpResponseBase:
    """Streamed, with `facts.jsonl`: a line for each file with its job, prompt and facts."""

    def look() -> tuple[str, list[zips.Entry]]:
        found = actions.get_visible_batch(request.actor, batch)
        require(request.actor, "asset.download", found)
        return f"batch-{found.pk}", entries_of(found)

    name, entries = await sync_to_async(look)()
    return await zips.as_response(entries, name)

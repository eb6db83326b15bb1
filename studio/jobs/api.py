"""Calls about jobs, the queue and nodes."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Header, Query, Router, Status

from generators.tool import Needs
from studio.api_shapes import LIMIT, Cursor, Limit, Listed, TeamFilter, page
from studio.jobs import actions, needs, when
from studio.jobs.api_shapes import JobIn, JobOut, MoveIn, NodeIn, NodeOut, QueueOut, StateName, WhenIn
from studio.jobs.json import job_json, node_json, queue_json
from studio.jobs.models import Job, Node
from studio.jobs.queue import held_words
from studio.teams.asked import team_for, teams_for
from studio.teams.auth import ApiRequest
from studio.teams.rights import NotThere, require

router = Router(tags=["Jobs"])

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="The same key and body give the same answer; another body is a 409",
    ),
]


def told(job: Job) -> dict[str, Any]:
    """One job, with the reason why it waits where nothing could begin it now."""
    found = job_json(job)
    if job.state == "queued" and not found["waiting_for"]:
        wanted = Needs(job.memory_bytes, "cuda" if job.device == "cuda" else "any", job.work)
        reason = needs.place(job.tool, job.lane, wanted).reason or when.words(job)
        found["waiting_for"] = (reason if job.ready else held_words(job)) or None
    return found


@router.post("/jobs", response={201: JobOut}, summary="Submit a job")
def submit(
    request: ApiRequest, body: JobIn, response: HttpResponse, idempotency_key: IdempotencyKey = None
) -> Status[dict[str, Any]]:
    """`seed` and `model` are inputs; left out, they are resolved, and the answer has them."""
    actor = request.actor
    job = actions.submit(
        actor=actor,
        tool=body.tool,
        inputs=body.inputs,
        team=team_for(actor, body.team),
        parent=str(body.parent) if body.parent else None,
        title=body.title,
        priority=body.priority,
        idempotency_key=idempotency_key,
        when=when.parse(body.when),
    )
    response.headers["Location"] = f"/api/v1/jobs/{job.pk}"
    return Status(201, told(job))


@router.get("/jobs", response=Listed[JobOut], summary="Jobs, newest first")
def jobs(
    request: ApiRequest,
    state: Annotated[StateName | None, Query()] = None,
    tool: Annotated[str | None, Query(max_length=60)] = None,
    batch: uuid.UUID | None = None,
    team: TeamFilter = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
) -> dict[str, Any]:
    actor = request.actor
    rows = actions.visible(actor).filter(team__in=teams_for(actor, team, "job.view"))
    if state is not None:
        rows = rows.filter(state=state)
    if tool is not None:
        rows = rows.filter(tool=tool)
    if batch is not None:
        rows = rows.filter(batch=batch)
    found = page(rows.prefetch_related("job_assets"), cursor=cursor, limit=limit)
    return {"items": [job_json(job) for job in found.rows], "next": found.next}


@router.get("/jobs/{uuid:job}", response=JobOut, summary="One job")
def read_job(request: ApiRequest, job: uuid.UUID) -> dict[str, Any]:
    return told(actions.get_visible(request.actor, job))


@router.post("/jobs/{uuid:job}/cancel", response={202: JobOut}, summary="Stop or cancel a job")
def cancel(request: ApiRequest, job: uuid.UUID) -> Status[dict[str, Any]]:
    """Also 202 when it has ended: nothing changes then. What it has finished is kept."""
    found = actions.get_visible(request.actor, job)
    return Status(202, job_json(actions.cancel(actor=request.actor, job=found)))


@router.post("/jobs/{uuid:job}/when", response=JobOut, summary="Have a waiting job begin at another time")
def reschedule(request: ApiRequest, job: uuid.UUID, body: WhenIn) -> dict[str, Any]:
    """`now` begins it at once. A job of a batch runs when its batch does (409)."""
    found = actions.get_visible(request.actor, job)
    return told(actions.reschedule(actor=request.actor, job=found, when=when.parse(body.when)))


@router.post("/jobs/{uuid:job}/retry", response={201: JobOut}, summary="The same again, as a new job")
def retry(request: ApiRequest, job: uuid.UUID, response: HttpResponse) -> Status[dict[str, Any]]:
    """Same inputs, seed included; `retry_of` names the old one."""
    again = actions.retry(actor=request.actor, job=actions.get_visible(request.actor, job))
    response.headers["Location"] = f"/api/v1/jobs/{again.pk}"
    return Status(201, told(again))


@router.get("/queue", response=QueueOut, summary="What waits, in the order in which it will run")
def queue(request: ApiRequest, team: TeamFilter = None) -> dict[str, Any]:
    """Each with the reason why it waits and when it should begin; and what runs."""
    actor = request.actor
    teams = teams_for(actor, team, "queue.view")
    found = queue_json(actor, teams[0] if team is not None else None)
    return {"items": found.pop("waiting"), **found}


@router.post("/queue/move", response=JobOut, summary="Put a waiting job before another")
def move(request: ApiRequest, body: MoveIn) -> dict[str, Any]:
    actor = request.actor
    job = actions.get_visible(actor, body.job)
    before = actions.get_visible(actor, body.before) if body.before else None
    actions.move(actor=actor, job=job, before=before)
    return job_json(Job.objects.get(pk=job.pk))


@router.get("/nodes", response=Listed[NodeOut], tags=["Nodes"], summary="The machines that run workers")
def nodes(
    request: ApiRequest,
    team: TeamFilter = None,
    cursor: Annotated[str | None, Query(description="`next` of the page before")] = None,
    limit: Limit = LIMIT,
) -> dict[str, Any]:
    """By name. Nodes are everybody's, so `team` changes nothing."""
    require(request.actor, "node.view", None)
    rows = Node.objects.order_by("name")
    if cursor is not None:
        rows = rows.filter(name__gt=cursor)
    found = list(rows[: limit + 1])
    return {
        "items": [node_json(node) for node in found[:limit]],
        "next": found[limit - 1].name if len(found) > limit else None,
    }


@router.get("/nodes/{name}", response=NodeOut, tags=["Nodes"], summary="One node")
def read_node(request: ApiRequest, name: str) -> dict[str, Any]:
    require(request.actor, "node.view", None)
    found = Node.objects.filter(name=name).first()
    if found is None:
        raise NotThere
    return node_json(found)


@router.patch("/nodes/{name}", response=NodeOut, tags=["Nodes"], summary="Pause a node, or let it go on")
def pause_node(request: ApiRequest, name: str, body: NodeIn) -> dict[str, Any]:
    """For operators. What runs there goes on; nothing new begins."""
    actions.pause_node(actor=request.actor, name=name, paused=body.paused)
    return node_json(Node.objects.get(name=name))

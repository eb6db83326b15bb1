"""Calls about threads: branching talk that only its author sees."""

from __future__ import annotations

import uuid
from typing import Any

from ninja import Router, Status
from pydantic import Field

from studio.api_shapes import LIMIT, Body, Cursor, Limit, Listed, Out, TeamFilter, When, page
from studio.jobs.api import IdempotencyKey
from studio.jobs.api_shapes import JobOut, StateName
from studio.jobs.json import job_json
from studio.teams.asked import team_for
from studio.teams.auth import ApiRequest
from studio.teams.rights import require
from studio.threads import actions
from studio.threads.json import thread_json, thread_with_turns, turns_json
from studio.threads.models import Turn
from studio.threads.read import find_answers

router = Router(tags=["Threads"])


class ThreadOut(Out):
    id: uuid.UUID
    team: uuid.UUID
    tool: str
    title: str
    system: str = Field(description="An instruction that stands over every turn")
    created_at: When
    updated_at: When


class TurnOut(Out):
    id: uuid.UUID
    thread: uuid.UUID
    parent: uuid.UUID | None = Field(
        description="The turn that this one follows; turns of one parent are branches"
    )
    prompt: str
    job: uuid.UUID | None
    state: StateName
    model: str | None
    asset: uuid.UUID | None = Field(description="The answer, once it is there")
    kept: bool = Field(description="Whether the answer shows in the gallery")
    text: str
    notes: list[str] = Field(description="What was left out or cut, in words")
    finish_reason: str | None
    error: str | None
    created_at: When


class ThreadWithTurns(ThreadOut):
    turns: list[TurnOut]


class PostedOut(Out):
    turn: TurnOut
    job: JobOut


class ThreadIn(Body):
    team: uuid.UUID | None = Field(None, description="Without it: the token's team, else your own")
    title: str = Field("", max_length=200)
    system: str = Field("", max_length=20_000)


class ThreadChange(Body):
    title: str | None = Field(None, min_length=1, max_length=200)
    system: str | None = Field(None, max_length=20_000)


class TurnIn(Body):
    prompt: str = Field(max_length=200_000)
    parent: uuid.UUID | None = Field(None, description="The turn before; null begins at the root")
    inputs: dict[str, Any] = Field(default_factory=dict, description="Inputs of the tool, but for `messages`")


@router.get("/threads", response=Listed[ThreadOut], summary="Your threads, newest first")
def threads(
    request: ApiRequest, team: TeamFilter = None, cursor: Cursor = None, limit: Limit = LIMIT
) -> dict[str, Any]:
    actor = request.actor
    rows = actions.visible(actor)
    wanted = team_for(actor, team)
    if wanted is not None:
        require(actor, "job.view", wanted)
        rows = rows.filter(team=wanted)
    found = page(rows, cursor=cursor, limit=limit)
    return {"items": [thread_json(thread) for thread in found.rows], "next": found.next}


@router.post("/threads", response={201: ThreadOut}, summary="A new thread")
def start(request: ApiRequest, body: ThreadIn) -> Status[dict[str, Any]]:
    actor = request.actor
    thread = actions.start(actor, team_for(actor, body.team), body.title, body.system)
    return Status(201, thread_json(thread))


@router.get("/threads/{uuid:thread}", response=ThreadWithTurns, summary="A thread with all its turns")
def read_thread(request: ApiRequest, thread: uuid.UUID) -> dict[str, Any]:
    return thread_with_turns(actions.get_visible(request.actor, thread))


@router.patch("/threads/{uuid:thread}", response=ThreadOut, summary="Another title or instruction")
def change(request: ApiRequest, thread: uuid.UUID, body: ThreadChange) -> dict[str, Any]:
    found = actions.get_visible(request.actor, thread)
    return thread_json(actions.rename(request.actor, found, title=body.title, system=body.system))


@router.delete("/threads/{uuid:thread}", response={204: None}, summary="Take a thread away")
def remove(request: ApiRequest, thread: uuid.UUID) -> Status[None]:
    """What still runs is stopped; texts that were kept stay in the gallery."""
    actions.delete(request.actor, actions.get_visible(request.actor, thread))
    return Status(204, None)


@router.get("/threads/{uuid:thread}/turns", response=Listed[TurnOut], summary="Turns, newest first")
def turns(
    request: ApiRequest, thread: uuid.UUID, cursor: Cursor = None, limit: Limit = LIMIT
) -> dict[str, Any]:
    rows = actions.get_visible(request.actor, thread).turns.select_related("job", "answer")
    found = page(rows, cursor=cursor, limit=limit)
    find_answers(found.rows)
    return {"items": turns_json(found.rows), "next": found.next}


@router.post("/threads/{uuid:thread}/turns", response={201: PostedOut}, summary="Say something")
def post_turn(
    request: ApiRequest, thread: uuid.UUID, body: TurnIn, idempotency_key: IdempotencyKey = None
) -> Status[dict[str, Any]]:
    """The answer comes as events of `job`, and stays as an asset that only you see until it is kept."""
    actor = request.actor
    found = actions.get_visible(actor, thread)
    parent = actions.get_turn(found, body.parent) if body.parent else None
    turn = actions.post_turn(actor, found, body.prompt, parent, body.inputs, idempotency_key=idempotency_key)
    return Status(201, _posted(turn))


@router.post(
    "/threads/{uuid:thread}/turns/{uuid:turn}/regenerate",
    response={201: PostedOut},
    summary="The same again, with a new seed",
)
def regenerate(
    request: ApiRequest, thread: uuid.UUID, turn: uuid.UUID, idempotency_key: IdempotencyKey = None
) -> Status[dict[str, Any]]:
    """A new turn beside the old one."""
    found = actions.get_turn(actions.get_visible(request.actor, thread), turn)
    return Status(201, _posted(actions.regenerate(request.actor, found, idempotency_key=idempotency_key)))


@router.post(
    "/threads/{uuid:thread}/turns/{uuid:turn}/keep", response=TurnOut, summary="Keep an answer in the gallery"
)
def keep(request: ApiRequest, thread: uuid.UUID, turn: uuid.UUID) -> dict[str, Any]:
    found = actions.get_turn(actions.get_visible(request.actor, thread), turn)
    return turns_json([actions.keep(request.actor, found)])[0]


def _posted(turn: Turn) -> dict[str, Any]:
    assert turn.job is not None  # it was just submitted
    return {"turn": turns_json([turn])[0], "job": job_json(turn.job)}

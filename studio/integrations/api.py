"""Calls about webhooks and what is on its way to them."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from ninja import Query, Router, Status
from pydantic import Field

from studio.api_shapes import LIMIT, Body, Cursor, Limit, Listed, Out, TeamFilter, When, page
from studio.clock import when
from studio.integrations import actions
from studio.integrations.models import Delivery, Webhook
from studio.teams.asked import default_team, team_for
from studio.teams.auth import ApiRequest
from studio.teams.models import Team
from studio.teams.rights import can, require

router = Router(tags=["Webhooks"])


class WebhookOut(Out):
    id: uuid.UUID
    team: uuid.UUID
    url: str
    events: list[str]
    state: str = Field(description="on or paused; while it is paused, what happens waits for thirty days")
    why_paused: str = Field(description="Why the studio paused it itself; empty where a person did")
    failing_since: When | None = Field(description="The first failure since it last took something")
    created_at: When
    secret: str | None = Field(description="whsec_…, in the answer to its making and to a rotation alone")


class DeliveryOut(Out):
    id: uuid.UUID
    webhook_id: str = Field(description="What the header webhook-id says, at every try the same")
    event: str
    state: str = Field(description="waiting, delivered or dead")
    tries: int
    next_at: When | None = Field(description="When it is tried next, while it waits")
    status: int | None = Field(description="Of the last answer; null where none came")
    answer: str = Field(description="The beginning of the last answer, or why there was none")
    body: str
    created_at: When
    ended_at: When | None


class WebhookIn(Body):
    """`team` as in a submit: without it the token's, else your own."""

    url: str = Field(max_length=500)
    events: list[str] = Field(min_length=1, max_length=20)
    team: uuid.UUID | None = None


class WebhookChange(Body):
    """What is left out stays."""

    url: str | None = Field(None, max_length=500)
    events: list[str] | None = Field(None, max_length=20)
    paused: bool | None = None


class ReplayedOut(Out):
    replayed: int = Field(description="How many are sent again")


def webhook_json(hook: Webhook, secret: str | None = None) -> dict[str, Any]:
    return {
        "id": str(hook.pk),
        "team": str(hook.team_id),
        "url": hook.url,
        "events": hook.hears,
        "state": hook.state,
        "why_paused": hook.why_paused,
        "failing_since": when(hook.failing_since),
        "created_at": when(hook.created_at),
        "secret": secret,
    }


def delivery_json(row: Delivery) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "webhook_id": row.message_id,
        "event": row.event,
        "state": row.state,
        "tries": row.tries,
        "next_at": when(row.next_at) if row.state == Delivery.State.WAITING else None,
        "status": row.status,
        "answer": row.answer,
        "body": row.body,
        "created_at": when(row.created_at),
        "ended_at": when(row.ended_at),
    }


@router.get("/webhooks", response=Listed[WebhookOut], summary="Webhooks, newest first")
def webhooks(
    request: ApiRequest, team: TeamFilter = None, cursor: Cursor = None, limit: Limit = LIMIT
) -> dict[str, Any]:
    """Managers see their team's; without `team`, of those teams of yours in which you may."""
    actor = request.actor
    wanted = team_for(actor, team)
    if wanted is not None:
        require(actor, actions.VERB, wanted)
    teams = [wanted] if wanted else Team.objects.filter(pk__in=actor.team_ids)
    rows = Webhook.objects.filter(team__in=[each for each in teams if can(actor, actions.VERB, each)])
    found = page(rows, cursor=cursor, limit=limit)
    return {"items": [webhook_json(row) for row in found.rows], "next": found.next}


@router.post("/webhooks", response={201: WebhookOut}, summary="Add a webhook")
def add(request: ApiRequest, body: WebhookIn) -> Status[dict[str, Any]]:
    """Managers may. `secret` is told this once: deliveries are signed with it by the Standard Webhooks specification."""
    team = team_for(request.actor, body.team) or default_team(request.actor)
    hook, secret = actions.add(request.actor, team, body.url, body.events)
    return Status(201, webhook_json(hook, secret))


@router.get("/webhooks/{uuid:webhook}", response=WebhookOut, summary="One webhook")
def webhook(request: ApiRequest, webhook: uuid.UUID) -> dict[str, Any]:
    return webhook_json(actions.get_visible(request.actor, webhook))


@router.patch("/webhooks/{uuid:webhook}", response=WebhookOut, summary="Change, pause or resume a webhook")
def change(request: ApiRequest, webhook: uuid.UUID, body: WebhookChange) -> dict[str, Any]:
    hook = actions.get_visible(request.actor, webhook)
    if body.url is not None or body.events is not None:
        hook = actions.edit(request.actor, hook, url=body.url, events=body.events)
    if body.paused is not None:
        verb = actions.pause if body.paused else actions.resume
        hook = verb(request.actor, hook)
    return webhook_json(hook)


@router.delete("/webhooks/{uuid:webhook}", response={204: None}, summary="Remove a webhook")
def remove(request: ApiRequest, webhook: uuid.UUID) -> Status[None]:
    """With its deliveries; what waits is not sent."""
    actions.remove(request.actor, actions.get_visible(request.actor, webhook))
    return Status(204, None)


@router.post("/webhooks/{uuid:webhook}/rotate", response=WebhookOut, summary="Give a webhook another secret")
def rotate(request: ApiRequest, webhook: uuid.UUID) -> dict[str, Any]:
    """`secret` is the new one, told this once. The one before signs too for 24 hours."""
    hook = actions.get_visible(request.actor, webhook)
    return webhook_json(hook, actions.rotate(request.actor, hook))


@router.post("/webhooks/{uuid:webhook}/test", response={202: DeliveryOut}, summary="Send a test")
def test(request: ApiRequest, webhook: uuid.UUID) -> Status[dict[str, Any]]:
    """An event `webhook.test`, signed and tried like every other."""
    hook = actions.get_visible(request.actor, webhook)
    return Status(202, delivery_json(actions.test(request.actor, hook)))


@router.get(
    "/webhooks/{uuid:webhook}/deliveries",
    response=Listed[DeliveryOut],
    summary="Deliveries of a webhook, newest first",
)
def deliveries(
    request: ApiRequest,
    webhook: uuid.UUID,
    state: Annotated[str | None, Query(description="waiting, delivered or dead", max_length=9)] = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
) -> dict[str, Any]:
    """Kept for thirty days."""
    rows = Delivery.objects.filter(webhook=actions.get_visible(request.actor, webhook))
    if state:
        rows = rows.filter(state=state)
    found = page(rows, cursor=cursor, limit=limit)
    return {"items": [delivery_json(row) for row in found.rows], "next": found.next}


@router.post(
    "/webhooks/{uuid:webhook}/deliveries/{uuid:delivery}/replay",
    response={202: DeliveryOut},
    summary="Send a delivery again",
)
def replay(request: ApiRequest, webhook: uuid.UUID, delivery: uuid.UUID) -> Status[dict[str, Any]]:
    """Under the same webhook-id, whatever became of it before."""
    hook = actions.get_visible(request.actor, webhook)
    return Status(202, delivery_json(actions.replay(request.actor, actions.delivery_of(hook, delivery))))


@router.post(
    "/webhooks/{uuid:webhook}/replay", response={202: ReplayedOut}, summary="Send again all that was given up"
)
def replay_dead(request: ApiRequest, webhook: uuid.UUID) -> Status[dict[str, Any]]:
    hook = actions.get_visible(request.actor, webhook)
    return Status(202, {"replayed": actions.replay_dead(request.actor, hook)})

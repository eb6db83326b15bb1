"""GET /v1/models."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from studio.catalog import actions as catalog
from studio.catalog.choose import DEFAULT
from studio.catalog.models import ModelCard, ModelState
from studio.openai.errors import Wrong, door
from studio.teams.rights import Actor

TASKS = ("text-generation", "text-to-image")
"""Tasks of the calls that this door has."""


def _model(name: str, created: int, card: ModelCard | None) -> dict[str, Any]:
    found: dict[str, Any] = {"id": name, "object": "model", "created": created, "owned_by": "studio"}
    if card is not None:
        found |= {"title": card.title, "task": card.task, "context": card.context or None}
    return found


def _models(actor: Actor) -> list[dict[str, Any]]:
    cards = [
        card for card in catalog.visible(actor).filter(task__in=TASKS) if card.state == ModelState.INSTALLED
    ]
    first = min((int(card.created_at.timestamp()) for card in cards), default=0)
    return [_model(DEFAULT, first, None)] + [
        _model(card.name, int(card.created_at.timestamp()), card) for card in cards
    ]


@door("GET")
async def models(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """`default` (the best that is installed for a call) and every installed model by name."""
    return JsonResponse({"object": "list", "data": await sync_to_async(_models)(actor)})


@door("GET")
async def model(request: HttpRequest, actor: Actor, name: str) -> HttpResponseBase:
    for found in await sync_to_async(_models)(actor):
        if found["id"] == name:
            return JsonResponse(found)
    raise Wrong(
        _("There is no model named “%(name)s” here.") % {"name": name[:80]},
        param="model",
        code="model_not_found",
        status=404,
    )

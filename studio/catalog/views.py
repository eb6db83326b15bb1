"""The Models page: what there is, what each can do and cannot, where it comes from; install and add."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from generators.fields import addon_tasks, tasks_of
from generators.image import bases
from generators.registry import tools
from studio.catalog import actions
from studio.catalog.models import ModelCard, ModelState
from studio.teams.current import current_team
from studio.teams.pages import page
from studio.teams.rights import Actor, NotThere, can

WORDS_A_TOKEN = 0.75
TASK_ORDER = (
    "text-generation",
    "text-to-image",
    "image-to-image",
    "lora",
    "control",
    "depth-estimation",
    "reference",
    "upscale",
    "cut-out",
    "image-to-text",
)
ADDONS = frozenset({"lora", "control", "depth-estimation", "reference"})


def task_name(task: str) -> str:
    """A task as a heading; an unknown one as it is."""
    return {
        "text-generation": _("Write text"),
        "text-to-image": _("Make pictures"),
        "image-to-image": _("Change pictures as an instruction says"),
        "lora": _("Add a style or a subject to a model (LoRA)"),
        "control": _("Follow a picture's edges, depth or pose (ControlNet)"),
        "depth-estimation": _("Tell how near things in a picture are (for control by depth)"),
        "reference": _("Follow the look of a picture (IP-Adapter)"),
        "upscale": _("Enlarge pictures"),
        "cut-out": _("Take backgrounds away"),
        "image-to-text": _("Say what a picture shows"),
    }.get(task, task.replace("-", " ").capitalize())


def _card(actor: Actor, card: ModelCard, default: ModelCard | None) -> dict[str, Any]:
    """A model with what the page says of it."""
    runs = [
        tool
        for tool in tools().values()
        if card.task in (*tasks_of(tool.inputs), *addon_tasks(tool.inputs)) and not tool.hidden
    ]
    meta: dict[str, Any] = card.meta
    words = round(card.context * WORDS_A_TOKEN, -2) if card.context else 0
    return {
        "card": card,
        "percent": round(card.progress * 100),
        "default": default is not None and default.pk == card.pk,
        "can": [tool.title for tool in runs],
        "try": runs[0].name if runs and card.state == ModelState.INSTALLED else "",
        "cannot": str(meta.get("cannot") or ""),
        "words": f"{int(words):,}".replace(",", "\u202f") if words else "",
        "base": bases.title(str(meta.get("base") or "")),
        "triggers": [str(word) for word in meta.get("triggers", [])],
        "layers": meta.get("layers"),
        "home": str(meta.get("home") or ""),
        "data": [entry for entry in meta.get("data", []) if isinstance(entry, dict)],
        "may_install": can(actor, "model.install", card)
        if card.team_id is None
        else can(actor, "model.add", card),
    }


def _groups(actor: Actor, cards: Iterable[ModelCard]) -> list[dict[str, Any]]:
    def order(card: ModelCard) -> tuple[int, str]:
        at = TASK_ORDER.index(card.task) if card.task in TASK_ORDER else len(TASK_ORDER)
        return at, card.task

    found = []
    for task, each in groupby(sorted(cards, key=order), key=lambda card: card.task):
        default = actions.default_for(task, actor.team_ids) if task not in ADDONS else None
        rows = [_card(actor, card, default) for card in each]
        found.append(
            {
                "task": task,
                "name": task_name(task),
                "models": rows,
                "none": all(row["card"].state != ModelState.INSTALLED for row in rows),
            }
        )
    return found


def page_words() -> dict[str, str]:
    """The sentences of the page's scripts."""
    return {
        "install_begun": _("The download has begun. You can leave this page."),
        "add_begun": _("It is being looked at and added. You can leave this page."),
        "path_missing": _("Say where the model lies: a folder on this machine, or a name on the hub."),
    }


@never_cache
@require_safe
@page
def models(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every model this actor may use, by task. With X-Fragment only what changes."""
    team = current_team(request)
    if team is None:
        raise NotThere
    groups = _groups(actor, actions.visible(actor))
    context = {
        "groups": groups,
        "count": sum(len(group["models"]) for group in groups),
        "may_add_all": can(actor, "model.install", None),
        "may_add_team": can(actor, "model.add", team),
    }
    if request.headers.get("X-Fragment"):
        return render(request, "catalog/models_body.html", context)
    return render(request, "catalog/models.html", context | {"page_words": page_words()})

"""The Canvas page: a picture, a mask painted on it, layers of results; and where one begins without a picture."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from generators import registry
from generators.fields import FrameSize, marked, works_on
from generators.image.edit import LIMIT
from generators.tool import Tool
from studio.catalog import actions as catalog
from studio.gallery import actions as gallery
from studio.gallery.models import Asset, Medium
from studio.teams.current import about_team, current_team
from studio.teams.models import Team
from studio.teams.pages import may, page
from studio.teams.rights import Actor
from studio.workspace.create import model_choices, tile
from studio.workspace.forms import FormView, form_for
from studio.workspace.offered import offered

EDIT = "image.edit"
SETTLED = ("mask_by",)
"""Inputs about the mask that need no asking: the canvas's is white where the picture changes."""

MOST_AT_ONCE = 12
RECENT = 24


def roles_of(tool: Tool) -> dict[str, str]:
    """What the canvas itself gives, by field type: the names of the tool's picture ("asset"), "mask" and "frame"."""
    frames = {kind.kind: name for name, kind in marked(tool.inputs) if kind.kind == "frame"}
    return frames | {kind.kind: name for name, kind in works_on(tool.inputs)}


def form_of(actor: Actor, tool: Tool) -> FormView:
    """The tool's form without what the canvas gives."""
    return form_for(tool, models=model_choices(actor, tool), without={*roles_of(tool).values(), *SETTLED})


def has_model(tool: Tool, team: Team) -> bool:
    """Whether the models are there without which the tool does not run."""
    wanted = [kind.task for _name, kind in marked(tool.inputs) if kind.kind == "model" and not kind.optional]
    return all(catalog.default_for(task, [team.pk]) is not None for task in wanted if task)


def at_once(team: Team) -> list[dict[str, str]]:
    """Image tools that ask for nothing but a picture, and have their model: one press runs them on what one sees."""
    found = []
    for tool in offered():
        needed = [name for name, info in tool.inputs.model_fields.items() if info.is_required()]
        pictures = [name for name, kind in works_on(tool.inputs) if kind.medium == "image"]
        alone = len(needed) == 1 and needed == pictures
        if tool.makes == "image" and tool.medium == "image" and alone and has_model(tool, team):
            icon = "upscale" if tool.name.endswith(".upscale") else "image"
            found.append({"tool": tool.name, "title": _(tool.title), "icon": icon, "field": needed[0]})
    return found


def widest() -> int:
    """Pixels that an edit can add at one side."""
    return int(FrameSize.model_json_schema()["properties"]["left"]["maximum"])


@require_safe
@page
def start(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/canvas/: choose a picture, or bring one."""
    team = current_team(request)
    rows = Asset.objects.filter(team=team, medium=Medium.IMAGE, listed=True, deleted_at=None).order_by("-id")
    pictures = rows[:RECENT] if team is not None and team.pk in actor.team_ids else []
    context = {
        "recent": [tile(asset) | {"path": f"/canvas/{asset.pk}/"} for asset in pictures],
        "may_add": may(actor, team, "asset.add")["asset_add"],
    }
    return render(request, "canvas/start.html", context)


@require_safe
@page
def canvas(request: HttpRequest, actor: Actor, asset_id: uuid.UUID) -> HttpResponse:
    """/canvas/<asset>/: work on one picture."""
    asset = gallery.get_visible(actor, asset_id)
    about_team(request, asset.team_id)
    if asset.medium != Medium.IMAGE or not asset.width or not asset.height:
        raise Http404
    tool = registry.get(EDIT)
    name = asset.title or asset.prompt[:80] or _("Untitled")
    context: dict[str, Any] = {
        "asset": asset,
        "name": name,
        "too_large": max(asset.width, asset.height) > LIMIT,
        "may_add": may(actor, asset.team, "asset.add")["asset_add"],
        "limit": LIMIT,
        "widest": widest(),
        "tool": tool,
        "form": form_of(actor, tool),
        "most": MOST_AT_ONCE,
        "takes_reference": True,
        "placeholder": _("Say what should be there instead"),
        "actions": at_once(asset.team),
        "may_submit": may(actor, asset.team, "job.submit")["job_submit"],
        "page_words": words(),
        "create": {
            "tool": {"name": tool.name, "title": _(tool.title), "makes": tool.makes},
            "team": str(asset.team_id),
            "parent": str(asset.pk),
            "draft": f"canvas:{asset.pk}",
        },
        "page": {
            "asset": {
                "id": str(asset.pk),
                "width": asset.width,
                "height": asset.height,
                "title": asset.title,
            },
            "name": name,
            "team": str(asset.team_id),
            "limit": LIMIT,
            "widest": widest(),
            "roles": roles_of(tool),
        },
    }
    return render(request, "canvas/canvas.html", context)


def words() -> dict[str, str]:
    """The sentences of the canvas's scripts."""
    return {
        "mask": _("Mask"),
        "result": _("Result"),
        "merged": _("Merged"),
        "pasted": _("Pasted picture"),
        "pasted_says": _("Pasted as a layer. Arrow keys move it."),
        "part": _("Part of the picture"),
        "part_says": _("The masked part is a layer of its own. Arrow keys move it."),
        "mask_empty": _("The mask is empty. Paint over the part first."),
        "copy_refused": _(
            "The browser does not let this page fill the clipboard. The menu Export saves the picture instead."
        ),
        "pixels": _("{n} px"),
        "layer_shown": _("Show {name}"),
        "layer_name": _("Name of the layer"),
        "candidate": _("Result {n} of {total}"),
        "keep_or_not": _("Take it as a layer, or leave it: it stays in the gallery."),
        "replace_or_not": _("Take it as the picture, or leave it: it stays in the gallery."),
        "taken": _("Taken."),
        "pen_down": _("The brush is down. Arrow keys paint, Enter lifts it."),
        "pen_up": _("The brush is up."),
        "pen_at": _("{x} across, {y} down"),
        "rectangle_done": _("The rectangle is in the mask."),
        "rectangle_gone": _("The rectangle is out of the mask."),
        "saved_there": _("The picture is in the gallery."),
        "too_large_here": _(
            "This is larger than {most} px a side and cannot be worked on here. It is in the gallery."
        ),
        "open_elsewhere": _(
            "This picture is open in another tab, which keeps the work. What is done here is gone after a reload."
        ),
        "picture_gone": _("This picture is not there any more."),
    }

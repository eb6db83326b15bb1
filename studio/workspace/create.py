"""The Create page: choose a tool, fill in its inputs, watch the job; and the first visit."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from pydantic.fields import FieldInfo

from generators import registry
from generators.fields import ASSET_KINDS, marked, marker
from generators.image import bases
from generators.tool import Tool
from studio.catalog import actions as catalog
from studio.catalog.models import ModelCard, ModelState
from studio.gallery import actions as gallery
from studio.gallery.models import Asset
from studio.jobs.models import Job
from studio.presets import brands
from studio.presets.actions import lists_of
from studio.presets.models import Preset
from studio.presets.wordings import counts
from studio.teams.current import current_team
from studio.teams.models import Team
from studio.teams.pages import may, page
from studio.teams.rights import Actor, NotThere
from studio.workspace.forms import Choice, FieldView, FormView, form_for
from studio.workspace.offered import (
    MEDIA,
    OWN_PAGES,
    WORDS_ON_CARD,
    cards,
    medium_name,
    offered,
    tabs,
    tries,
    uses,
)

LAST_TOOL = "last_tool"
STRIP = 16


def model_choices(actor: Actor, tool: Tool, team: Team | None = None) -> dict[str, list[Choice]]:
    """By task what a model field offers: the best that is installed, each one that is, and those that could be. team:
    whose brand kits are offered."""
    return _models(actor, tool) | _addons(actor, tool) | _brands(tool, team)


def _brands(tool: Tool, team: Team | None) -> dict[str, list[Choice]]:
    if team is None or all(kind.kind != "brand" for _name, kind in marked(tool.inputs)):
        return {}
    return {"brand": [Choice(str(kit.pk), kit.name) for kit in brands.of_team(team)]}


def _addons(actor: Actor, tool: Tool) -> dict[str, list[Choice]]:
    """What fields of add-ons offer: those that are installed, each with its base."""
    found: dict[str, list[Choice]] = {}
    for _name, kind in marked(tool.inputs):
        if kind.kind not in ("addon", "loras") or kind.task is None:
            continue
        rows = catalog.visible(actor).filter(task=kind.task, state=ModelState.INSTALLED)
        choices = [
            Choice(
                row.name,
                row.title,
                note=bases.title(str(row.meta.get("base", ""))),
                words=", ".join(row.meta.get("triggers", [])),
            )
            for row in rows
        ]
        none = Choice(None, _("The one that fits") if choices else _("None is installed yet"))
        found[kind.task] = choices if kind.kind == "loras" else [none, *choices]
    return found


def _models(actor: Actor, tool: Tool) -> dict[str, list[Choice]]:
    kind = next((kind for _name, kind in marked(tool.inputs) if kind.kind == "model"), None)
    if kind is None or kind.task is None:
        return {}
    task = kind.task
    rows = list(catalog.visible(actor).filter(task__in=[task, *kind.also]))
    rows.sort(key=lambda row: row.task != task)  # the best of its own task is what none stands for
    installed = [row for row in rows if row.state == ModelState.INSTALLED]
    best = next((row for row in installed if row.task == task), None)
    if best is not None:
        words = _("The best installed: %(title)s") % {"title": best.title}
    else:
        words = _("None: it does with less") if kind.optional else _("None is installed yet")
    own = _own_defaults(tool, installed)
    return {
        task: [
            Choice(None, words, own=own[best.pk] if best else {}),
            *[Choice(row.name, row.title, note=size_words(row.bytes), own=own[row.pk]) for row in installed],
            *[_absent(row) for row in rows if row not in installed],
        ]
    }


def _own_defaults(tool: Tool, rows: list[ModelCard]) -> dict[Any, dict[str, Any]]:
    """By model the defaults of the inputs in which any of them differs, so that a form can go from one to another."""
    own = {row.pk: catalog.own_defaults(row, tool) for row in rows}
    names = {name for said in own.values() for name in said}
    plain = {name: tool.inputs.model_fields[name].default for name in names}
    return {pk: plain | said for pk, said in own.items()}


def _absent(row: ModelCard) -> Choice:
    off = _("being installed") if row.state == ModelState.INSTALLING else _("not installed")
    return Choice(row.name, row.title, note=size_words(row.bytes), off=off)


def size_words(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{max(1, round(size / 1e6))} MB"


def better_model(actor: Actor, task: str | None) -> ModelCard | None:
    """A model of this task that would write better than any that is installed, and can be installed by this person."""
    if task is None or not actor.user.operator:
        return None
    rows = [row for row in catalog.visible(actor).filter(task=task) if row.team_id is None]
    best = max((row.rank for row in rows if row.state == ModelState.INSTALLED), default=-1)
    better = [row for row in rows if row.rank > best and row.state != ModelState.INSTALLED and row.source]
    return max(better, key=lambda row: row.rank, default=None)


def offer(actor: Actor, task: str | None) -> dict[str, Any]:
    """What the note about a better model needs."""
    model = better_model(actor, task)
    return {"offer": model, "offer_size": size_words(model.bytes) if model else ""}


@page
def start(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/create/: the tool that the person used last; on a first visit, prompts that run at once."""
    team = current_team(request)
    names = [tool.name for tool in offered() if tool.name not in OWN_PAGES]
    last = request.session.get(LAST_TOOL)
    if last in names and team is not None and Job.objects.filter(team=team).exists():
        return HttpResponseRedirect(f"/create/{last}/")
    if team is not None and Job.objects.filter(team=team).exists() and names:
        wanted = "image.generate" if "image.generate" in names else names[0]
        return HttpResponseRedirect(f"/create/{wanted}/")
    return first_visit(request, actor, team)


def first_visit(request: HttpRequest, actor: Actor, team: Team | None) -> HttpResponse:
    prompts = tries()
    starts = [
        {"tool": each.tool, "medium": each.medium, "label": medium_name(each.medium)} for each in prompts
    ]
    context = {
        "tabs": tabs(""),
        "here_medium": "",
        "tries": prompts,
        "starts": starts,
        "placeholder": _("A picture, a page: say it in a sentence"),
        "may_submit": may(actor, team, "job.submit")["job_submit"],
        **offer(actor, "text-generation"),
        "page": {"tries": [{"tool": each.tool, "inputs": dict(each.inputs)} for each in prompts]},
    }
    return render(request, "create/first.html", context)


@page
def create(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    """/create/<tool>/. `?from=<asset>` revises it, `?use=<asset>` takes it as an input, `?inputs=<asset>` its inputs (with
    `only=<input>` those alone, the rest of the form as it was left), `?job=`, `?batch=` shows one."""
    if name in OWN_PAGES:
        return HttpResponseRedirect(OWN_PAGES[name])
    try:
        tool = registry.get(name)
    except registry.UnknownTool:
        raise Http404 from None
    if tool.hidden:
        raise Http404
    team = current_team(request)
    if request.session.get(LAST_TOOL) != name:  # a session that is not changed is not written
        request.session[LAST_TOOL] = name
    values, parent, sources = prefilled(request, actor, tool)
    form = form_for(tool, values, models=model_choices(actor, tool, team))
    recent = recent_assets(actor, team)
    kept = list(Preset.objects.filter(team=team, tool=name).order_by("name")) if team else []
    lists = counts(lists_of(team)) if team else {}
    context: dict[str, Any] = {
        "tool": tool,
        "tabs": tabs(tool.medium if tool.medium in MEDIA else tool.makes),
        "here_medium": medium_name(tool.medium if tool.medium in MEDIA else tool.makes),
        "cards": cards(tool),
        "form": form,
        "parent": tile(parent) if parent else None,
        "here": f"/create/{name}/",
        "takes_reference": any(view.widget in ASSET_KINDS for view in form.fields),
        "placeholder": placeholder(tool),
        "prompt_help": form.prompt is not None,
        "may_submit": may(actor, team, "job.submit")["job_submit"],
        "may_keep": may(actor, team, "preset.edit")["preset_edit"],
        "presets": kept,
        "lists": json.dumps(lists) if lists else "",
        **offer(actor, tool.model_task if tool.makes == "text" else None),
        "recent": [tile(asset) for asset in recent],
        **idle_words(tool),
    }
    prompts = [each for each in tries() if each.tool == tool.name]
    context["tries"] = prompts
    context["page"] = {
        "tool": {"name": tool.name, "title": _(tool.title), "makes": tool.makes},
        "team": str(team.pk) if team else None,
        "parent": str(parent.pk) if parent else None,
        "filled": bool(values) and "only" not in request.GET,
        "taken": values if "only" in request.GET else {},
        "axes": axes(form),
        "inputs": [{"name": view.name, "label": view.label} for view in form.fields],
        "presets": [{"id": str(one.pk), "name": one.name, "inputs": one.inputs} for one in kept],
        "uses": uses(),
        "sources": [tile(asset) for asset in sources],
        "tries": [{"tool": each.tool, "inputs": dict(each.inputs)} for each in prompts],
        "latest": next((tile(asset) for asset in recent if asset.tool == tool.name), None),
    }
    return render(request, "create/create.html", context)


def prefilled(
    request: HttpRequest, actor: Actor, tool: Tool
) -> tuple[dict[str, Any], Asset | None, list[Asset]]:
    """Values that the address asks for, the asset that is revised, and the assets that the values name."""
    values: dict[str, Any] = {}
    parent: Asset | None = None
    if "from" in request.GET:
        parent = gallery.get_visible(actor, request.GET["from"])
        if parent.facts.get("tool") == tool.name:
            values = dict(parent.facts.get("inputs") or {})
        elif parent.prompt and "prompt" in tool.inputs.model_fields:
            values = {"prompt": parent.prompt}
    if "use" in request.GET:
        used = gallery.get_visible(actor, request.GET["use"])
        values |= _same(tool, used) | _use(tool, used)
    if "inputs" in request.GET:
        values |= _again(tool, gallery.get_visible(actor, request.GET["inputs"]), request.GET.getlist("only"))
    if "prompt" in request.GET and "prompt" in tool.inputs.model_fields:
        values["prompt"] = request.GET["prompt"][:20_000]
    return values, parent, _named(actor, tool, values)


def _again(tool: Tool, asset: Asset, only: list[str]) -> dict[str, Any]:
    """The inputs of an asset of this tool, all or some; of another tool's, those that this one has too."""
    if asset.facts.get("tool") != tool.name:
        inputs = _same(tool, asset)
    else:
        inputs = dict(asset.facts.get("inputs") or {})
    return {name: value for name, value in inputs.items() if not only or name in only}


def _same(tool: Tool, asset: Asset) -> dict[str, Any]:
    """What the asset was made with, of the inputs that this tool has too: its words, seed, steps and model."""
    made = registry.tools().get(str(asset.facts.get("tool")))
    inputs = asset.facts.get("inputs")
    if made is None or not isinstance(inputs, dict):
        return {}

    def kind(info: FieldInfo) -> tuple[str | None, str | None]:
        marked = marker(info)
        return (marked.kind, marked.task) if marked else (None, None)

    own, others = tool.inputs.model_fields, made.inputs.model_fields
    return {
        name: inputs[name]
        for name, info in own.items()
        if name in inputs
        and name in others
        and kind(info) == kind(others[name])
        and kind(info)[0] not in ASSET_KINDS
    }


def _use(tool: Tool, asset: Asset) -> dict[str, Any]:
    """The asset as the first input of its medium; a text as the prompt where no input takes one."""
    sound = {"music", "speech"}
    for name, kind in marked(tool.inputs):
        if kind.kind in ASSET_KINDS and (kind.medium == asset.medium or {kind.medium, asset.medium} <= sound):
            return {name: str(asset.pk)}
    if asset.medium == "text":
        for name, kind in marked(tool.inputs):
            if kind.kind == "prompt":
                return {name: asset.text[:20_000]}
    return {}


def _named(actor: Actor, tool: Tool, values: dict[str, Any]) -> list[Asset]:
    """The assets that values name. One that this person may not see (a mask is its author's) leaves its field empty."""
    found = []
    for name, kind in marked(tool.inputs):
        if kind.kind in ASSET_KINDS and values.get(name):
            try:
                found.append(gallery.get_visible(actor, str(values[name])))
            except NotThere:
                del values[name]
    return found


def recent_assets(actor: Actor, team: Team | None) -> list[Asset]:
    """The newest assets of the team that are listed."""
    if team is None or team.pk not in actor.team_ids:
        return []
    rows = Asset.objects.filter(team=team, listed=True, deleted_at=None).order_by("-id")
    return list(rows[:STRIP])


def tile(asset: Asset) -> dict[str, Any]:
    """What a small picture of an asset needs."""
    address = f"/api/v1/assets/{asset.pk}"
    return {
        "id": str(asset.pk),
        "medium": asset.medium,
        "title": asset.title or asset.prompt[:80] or _("Untitled"),
        "path": f"/assets/{asset.pk}/",
        "thumbnail": f"{address}/thumbnail",
        "picture": f"{address}/thumbnail" if asset.medium in ("image", "video") else "",
        "words": asset.text[:WORDS_ON_CARD] if asset.medium == "text" else "",
        "width": asset.width,
        "height": asset.height,
    }


def axes(form: FormView) -> list[dict[str, Any]]:
    """What may stand on a matrix: numbers first; a choice of one is none."""
    worth = [view for view in form.axes if not view.choices or len(axis(view)["choices"]) > 1]
    return [axis(view) for view in sorted(worth, key=lambda view: view.widget not in ("slider", "number"))]


def axis(view: FieldView) -> dict[str, Any]:
    """What the matrix editor needs of a field."""
    return {
        "name": view.name,
        "label": view.label,
        "kind": view.kind,
        "value": view.value,
        "min": view.minimum,
        "max": view.maximum,
        "step": view.step,
        "choices": [
            {"value": each.value, "label": each.label} for each in view.choices if each.value and not each.off
        ],
    }


def placeholder(tool: Tool) -> str:
    return {
        "image": _("Say what you see: a thing, a place, a light"),
        "text": _("Say what should be written, for whom, how long"),
        "music": _("Say how it should sound, and for what"),
    }.get(tool.makes, _("Say what you want to make"))


def idle_words(tool: Tool) -> dict[str, str]:
    """What the stage says before anything is on it."""
    if "prompt" not in {kind.kind for _name, kind in marked(tool.inputs)}:
        return {
            "idle_title": _("The result appears here"),
            "idle_text": _("Fill in the inputs and press Submit."),
        }
    if tool.makes == "image":
        return {
            "idle_title": _("The picture appears here"),
            "idle_text": _("Write a prompt and press Submit. You see it take shape step by step."),
        }
    if tool.makes == "text":
        return {
            "idle_title": _("The text appears here"),
            "idle_text": _("Write a prompt and press Submit. You can read along while it is written."),
        }
    return {
        "idle_title": _("The result appears here"),
        "idle_text": _("Fill in the inputs and press Submit."),
    }

"""The team's page of presets and wildcards."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from generators.registry import tools
from studio.presets import actions
from studio.presets.models import Preset, Wildcard
from studio.presets.wordings import counts
from studio.problems import Conflict, InvalidInputs
from studio.teams.current import current_team
from studio.teams.models import Team
from studio.teams.pages import may, page
from studio.teams.rights import Actor, NotThere, require


@require_safe
@page
def presets(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/presets/: both kinds, to change and to delete."""
    return _shown(request, actor, _team(request))


@require_POST
@page
def new_wildcard(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _save(request, actor, _team(request), None)


@require_POST
@page
def wildcard(request: HttpRequest, actor: Actor, wildcard_id: uuid.UUID) -> HttpResponse:
    """Save it or, by the other button, delete it."""
    found = actions.get_visible(Wildcard, actor, wildcard_id, "preset.edit")
    if "delete" in request.POST:
        actions.delete(actor, found)
        messages.success(request, _("The wildcard “%(name)s” is deleted.") % {"name": found.name})
        return redirect("presets")
    return _save(request, actor, found.team, found)


@require_POST
@page
def preset(request: HttpRequest, actor: Actor, preset_id: uuid.UUID) -> HttpResponse:
    """Rename it or, by the other button, delete it."""
    found = actions.get_visible(Preset, actor, preset_id, "preset.edit")
    try:
        if "delete" in request.POST:
            actions.delete(actor, found)
            messages.success(request, _("The preset “%(name)s” is deleted.") % {"name": found.name})
        else:
            actions.rename_preset(actor, found, request.POST.get("name", ""))
            messages.success(request, _("Saved."))
    except (InvalidInputs, Conflict) as problem:
        messages.error(request, problem.detail)
    return redirect("presets")


def _team(request: HttpRequest) -> Team:
    team = current_team(request)
    if team is None:
        raise NotThere
    return team


def _save(request: HttpRequest, actor: Actor, team: Team, found: Wildcard | None) -> HttpResponse:
    name, text = request.POST.get("name", ""), request.POST.get("text", "")
    try:
        actions.save_wildcard(actor, team, name, text, found)
    except (InvalidInputs, Conflict) as problem:
        given = {"of": found and found.pk, "name": name, "text": text, "wrong": problem.detail}
        return _shown(request, actor, team, given, status=problem.status)
    messages.success(request, _("Saved."))
    return redirect("presets")


def _shown(
    request: HttpRequest,
    actor: Actor,
    team: Team,
    given: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """given: what a form was sent with and what is wrong with it, so that nothing typed is lost."""
    require(actor, "preset.view", team)
    wordings = counts(actions.lists_of(team))
    known = tools()
    context = {
        "wildcards": [
            {"one": one, "wordings": sum(wordings.get(one.name, ()))}
            for one in Wildcard.objects.filter(team=team).order_by("name")
        ],
        "presets": [
            {"one": one, "tool": known[one.tool].title if one.tool in known else one.tool}
            for one in Preset.objects.filter(team=team).order_by("tool", "name")
        ],
        "given": given or {},
        **may(actor, team, "preset.edit"),
    }
    return render(request, "presets/presets.html", context, status=status)

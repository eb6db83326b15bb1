"""Pages that find by meaning: the best for a question, and what is like an asset."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studio.gallery import actions, meaning
from studio.gallery.filters import filters_from
from studio.teams.current import current_team
from studio.teams.pages import page
from studio.teams.rights import Actor, NotThere

SHOWN = 60
LONGEST = 500


def _away(found: meaning.Best) -> str:
    """What the page says where meaning has not answered."""
    return {
        "": "",
        "starting": _("Search by meaning is just starting; try again in a few seconds."),
        "late": _("Search by meaning did not answer in time."),
        "away": _("Search by meaning is away: no machine of this studio runs it now."),
    }[found.away]


@never_cache
@require_safe
@page
def search(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/gallery/meaning/?q=…: what has the words and what means about the same, the best first."""
    team = current_team(request)
    if team is None:
        raise NotThere
    q = request.GET.get("q", "").strip()[:LONGEST]
    found = meaning.best(actor, filters_from({"q": q}), team=team.pk, most=SHOWN) if q else meaning.Best([])
    context: dict[str, Any] = {"q": q, "found": found, "away": _away(found)}
    return render(request, "gallery/meaning.html", context)


@never_cache
@require_safe
@page
def similar(request: HttpRequest, actor: Actor, asset_id: uuid.UUID) -> HttpResponse:
    """What is like an asset, of its team, by what both are about."""
    asset = actions.get_visible(actor, asset_id)
    found = meaning.similar(actor, asset, team=asset.team_id, most=SHOWN)
    return render(
        request, "gallery/meaning.html", {"like": asset, "found": found, "away": _away(found), "q": ""}
    )

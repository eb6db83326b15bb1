"""The page of a team's activity."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studio.activity.deeds import KINDS, Look
from studio.activity.read import Cursor
from studio.activity.read import page as page_of
from studio.activity.tell import told
from studio.teams.current import current_team
from studio.teams.models import Member, as_uuid
from studio.teams.pages import page
from studio.teams.rights import Actor, NotThere, can, require

PAGE = 40


@require_safe
@never_cache
@page
def activity(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/team/activity/: newest first; ?person= and ?kind= for some of it."""
    team = current_team(request)
    if team is None:
        raise NotThere
    require(actor, "feed.view", team)
    audits = can(actor, "team.audit", team)
    person, kind = as_uuid(request.GET.get("person", "")), request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    asked = team.pk if "team" in request.GET else None  # else it is the one that they work in
    groups, following = page_of(
        Look(team, audits, person, kind), Cursor.of(request.GET.get("cursor", "")), PAGE
    )
    chosen: dict[str, Any] = {
        name: str(value) for name, value in (("team", asked), ("person", person), ("kind", kind)) if value
    }
    members = Member.objects.filter(team=team).select_related("user").order_by("user__name")
    context = {
        "rows": told(groups, team.pk),
        "next": following and urlencode({**chosen, "cursor": str(following)}),
        "later": "cursor" in request.GET,
        "people": [(str(member.user_id), member.user.name) for member in members],
        "kinds": [(name, words) for name, words in KINDS.items() if audits or name != "settings"],
        "person": str(person or ""),
        "kind": kind,
        "asked": asked,
    }
    return render(request, "activity/activity.html", context)

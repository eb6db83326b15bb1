"""What every page's frame shows: the person's teams, the queue in numbers, the places of the palette."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from generators import registry
from studio.jobs.models import Job, State
from studio.notices import actions as notices
from studio.teams.current import TEAM_KEY, current_team, held_teams, teams_of
from studio.teams.models import Team
from studio.teams.pages import person
from studio.teams.rights import Actor
from studio.teams.second_step import way_of

__all__ = ["TEAM_KEY", "current_team", "frame", "places", "queue_in_numbers", "teams_of"]


def queue_in_numbers(team: Team | None) -> dict[str, Any]:
    """{running, waiting, left_s}: what the queue pill says of a team; left_s is None where it is not known."""
    if team is None:
        return {"running": 0, "waiting": 0, "left_s": None}
    active = Job.objects.filter(team=team, state__in=[State.QUEUED, State.RUNNING])
    counts = active.aggregate(
        running=Count("id", filter=Q(state=State.RUNNING)), waiting=Count("id", filter=Q(state=State.QUEUED))
    )
    left = max(
        (
            eta
            for eta in active.filter(state=State.RUNNING).values_list("eta_s", flat=True)
            if eta is not None
        ),
        default=None,
    )
    return {**counts, "left_s": left}


def places() -> list[dict[str, str]]:
    """What the command palette can open by itself: tools, and pages that are not rooms of the rail."""
    pages = [
        {"path": "/canvas/", "label": _("Canvas"), "icon": "edit", "group": "found_pages"},
        {"path": "/nodes/", "label": _("Nodes"), "icon": "node", "group": "found_pages"},
        {"path": "/gallery/bin/", "label": _("Bin"), "icon": "trash", "group": "found_pages"},
        {"path": "/notices/", "label": _("Notices"), "icon": "bell", "group": "found_pages"},
        {"path": "/team/activity/", "label": _("Activity"), "icon": "team", "group": "found_pages"},
        {"path": "/presets/", "label": _("Presets and wildcards"), "icon": "matrix", "group": "found_pages"},
        {"path": "/brands/", "label": _("Brand kits"), "icon": "brush", "group": "found_pages"},
        {"path": "/chains/", "label": _("Chains"), "icon": "redo", "group": "found_pages"},
        {"path": "/account/", "label": _("Account and tokens"), "icon": "sliders", "group": "found_pages"},
    ]
    return pages + [
        {
            "path": f"/create/{tool.name}/",
            "label": tool.title,
            "about": tool.summary,
            "icon": tool.makes if tool.makes != "model" else "lab",
            "group": "found_tools",
        }
        for tool in registry.tools().values()
        if not tool.hidden
    ]


def frame(request: HttpRequest) -> dict[str, Any]:
    """The person's teams, the team that the page is about, its queue and the palette's places."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    team = current_team(request)
    return {
        "teams": teams_of(request),
        "held_teams": held_teams(request),
        "team": team,
        "queue": SimpleLazyObject(lambda: queue_in_numbers(team)),
        "palette": places,
        "unread_notices": SimpleLazyObject(
            lambda: notices.unread(Actor.of(person(request), way=way_of(request)))
        ),
    }

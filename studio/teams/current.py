"""The team that a page is about: which teams the person has, and which of them they work in now."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.http import HttpRequest

from studio.teams.models import Team, User, as_uuid
from studio.teams.second_step import fulfils, way_of

TEAM_KEY = "team"
"""The session's word for the team that the person works in."""


def teams_of(request: HttpRequest) -> list[Team]:
    """The signed-in person's teams, their own first, without those that they are kept out of; read once a request."""
    known: list[Team] | None = getattr(request, "_studio_teams", None)
    if known is None:
        user = request.user
        known = []
        held = []
        if isinstance(user, User):
            everyone = sorted(
                Team.objects.filter(memberships__user=user),
                key=lambda team: (team.personal_of_id != user.pk, team.name.lower()),
            )
            way = way_of(request)
            demands = {team.second_step for team in everyone}
            met = {demand for demand in demands if fulfils(user, demand, way)}
            known = [team for team in everyone if team.second_step in met]
            held = [team for team in everyone if team.second_step not in met]
        request._studio_teams = known  # type: ignore[attr-defined]
        request._studio_held = held  # type: ignore[attr-defined]
    return known


def held_teams(request: HttpRequest) -> list[Team]:
    """Teams of theirs of which they see nothing, since they owe the second step that these demand."""
    teams_of(request)
    return list(request._studio_held)  # type: ignore[attr-defined]


def held_choice(request: HttpRequest, held: Collection[uuid.UUID]) -> uuid.UUID | None:
    """The one of these teams that the request asks for, or that the person works in. That choice is forgotten, so that
    they are told once and go on to other pages, such as their account's."""
    asked = as_uuid(str(request.GET.get("team", "")))
    if asked in held:
        return asked
    chosen = as_uuid(str(request.session.get(TEAM_KEY, "")))
    if chosen not in held:
        return None
    del request.session[TEAM_KEY]
    return chosen


def current_team(request: HttpRequest) -> Team | None:
    """The team that the page is about: that of its thing, else asked for by `?team=`, else chosen before, else the person's own."""
    teams = teams_of(request)
    about = getattr(request, "_studio_about", None)
    for team in teams:
        if team.pk == about:
            return team
    for asked in (request.GET.get("team"), request.session.get(TEAM_KEY)):
        if asked:
            wanted = as_uuid(str(asked))
            for team in teams:
                if team.pk == wanted:
                    return team
    return teams[0] if teams else None


def about_team(request: HttpRequest, team: uuid.UUID) -> None:
    """Say that this page is about a thing of that team, whichever the person works in: it hears what happens there."""
    request._studio_about = team  # type: ignore[attr-defined]


def choose_team(request: HttpRequest, wanted: str) -> Team | None:
    """Work in this team from now on; None (and nothing changes) where the person is not in it."""
    pk = as_uuid(wanted)
    for team in teams_of(request):
        if team.pk == pk:
            request.session[TEAM_KEY] = str(team.pk)
            return team
    return None

"""What the pages of the team and of the account show of what is owned."""

from __future__ import annotations

from typing import Any

from django import template

from studio.owning.actions import leaving_teams
from studio.teams.models import Member, Role, Team
from studio.teams.rights import Actor, can
from studio.teams.second_step import way_of

register = template.Library()


@register.inclusion_tag("owning/team_section.html", takes_context=True)
def team_matters(context: dict[str, Any]) -> dict[str, Any]:
    """Leaving, handing over and deleting the team that the page is about."""
    team: Team = context["team"]
    user = context["request"].user
    owns = (
        can(Actor.of(user, way=way_of(context["request"])), "team.delete", team) and not team.personal_of_id
    )
    others = Member.objects.filter(team=team, user__delete_at=None).exclude(user=user).select_related("user")
    return {
        "team": team,
        "owns": owns,
        "others": sorted(others, key=lambda row: row.user.name.lower()) if owns else [],
        "last_owner": owns and not others.filter(role=Role.OWNER).exists(),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("owning/leaving_teams.html", takes_context=True)
def teams_to_take_back(context: dict[str, Any]) -> dict[str, Any]:
    """The deleted teams that this person may take back."""
    teams = leaving_teams(context["request"].user)
    return {"leaving": teams, "csrf_token": context.get("csrf_token")}

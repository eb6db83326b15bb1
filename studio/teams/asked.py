"""The teams that a request is about."""

from __future__ import annotations

import uuid

from studio import statements
from studio.teams.models import Team
from studio.teams.rights import Actor, NotThere, StepOwed, require


def team_for(actor: Actor, team: uuid.UUID | None) -> Team | None:
    """The team that a request names, if the actor is in it; None where it names none."""
    if team is None:
        return None
    if team not in actor.roles:
        raise StepOwed(team) if team in actor.held else NotThere
    return Team.objects.get(pk=team)


def teams_for(actor: Actor, team: uuid.UUID | None, verb: str) -> list[Team]:
    """The team asked for, or all of the actor's; each one's right is asked."""
    wanted = team_for(actor, team)
    teams = [wanted] if wanted is not None else list(Team.objects.filter(pk__in=actor.team_ids))
    for one in teams:
        require(actor, verb, one)
    return teams


def default_team(actor: Actor) -> Team:
    """The token's team, else the personal one."""
    bound = (
        {"id": actor.token.team_id} if actor.token and actor.token.team_id else {"personal_of": actor.user.pk}
    )
    team = statements.first(Team, bound)
    if team is None:
        raise NotThere
    return team

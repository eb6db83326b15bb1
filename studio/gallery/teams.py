"""Where something new goes."""

from __future__ import annotations

import uuid

from studio.teams.models import Team
from studio.teams.rights import Actor, NotThere


def target_team(actor: Actor, team: uuid.UUID | None) -> Team:
    """The team asked for, else the token's, else the person's own. NotThere where the actor is not in it."""
    if team is None and actor.token is not None:
        team = actor.token.team_id
    if team is not None:
        if team not in actor.roles:
            raise NotThere
        return Team.objects.get(pk=team)
    own = Team.objects.filter(personal_of=actor.user).first()
    if own is None:
        raise NotThere
    return own

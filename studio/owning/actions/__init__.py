"""The verbs of what a person and a team own: the same for pages, API and sweeper."""

from studio.owning.actions.purge import purge
from studio.owning.actions.teams import TEAM_KEPT, delete_team, hand_over, leaving_teams, restore_team

__all__ = ["TEAM_KEPT", "delete_team", "hand_over", "leaving_teams", "purge", "restore_team"]

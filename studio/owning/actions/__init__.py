"""The verbs of what a person and a team own: the same for pages, API and sweeper."""

from studio.owning.actions.account import ACCOUNT_KEPT, delete_account, last_operator, only_owned
from studio.owning.actions.purge import purge
from studio.owning.actions.teams import TEAM_KEPT, delete_team, hand_over, leaving_teams, restore_team

__all__ = [
    "ACCOUNT_KEPT",
    "TEAM_KEPT",
    "delete_account",
    "delete_team",
    "hand_over",
    "last_operator",
    "leaving_teams",
    "only_owned",
    "purge",
    "restore_team",
]

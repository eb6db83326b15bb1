"""Tells teams that a model's state has changed."""

from __future__ import annotations

from django.db import transaction

from studio.catalog.models import ModelCard
from studio.feeds.actions import tell_team
from studio.teams.models import Team


def tell(card: ModelCard) -> None:
    """A line in the feed of the model's team, or of every team for everybody's; after the commit, one by one."""
    line = {"model": card.name, "state": card.state, "progress": card.progress}

    def to_all() -> None:
        teams = Team.objects.values_list("pk", flat=True)
        for team in [card.team_id] if card.team_id else list(teams):
            tell_team(team, "model", line)

    transaction.on_commit(to_all)

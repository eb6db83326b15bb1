"""Registers the app."""

from django.apps import AppConfig


class FeedsConfig(AppConfig):
    name = "studio.feeds"
    label = "feeds"

    def ready(self) -> None:
        from studio.feeds.actions import team_has_changed
        from studio.feeds.announce import announce_rights
        from studio.teams.changes import rights_changed, team_changed

        rights_changed.connect(announce_rights, dispatch_uid="open sockets")
        team_changed.connect(team_has_changed, dispatch_uid="a team's members and settings")

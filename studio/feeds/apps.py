"""Registers the app."""

from django.apps import AppConfig


class FeedsConfig(AppConfig):
    name = "studio.feeds"
    label = "feeds"

    def ready(self) -> None:
        from studio.feeds.announce import announce_rights
        from studio.teams.changes import rights_changed

        rights_changed.connect(announce_rights, dispatch_uid="open sockets")

"""Registers the app."""

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "studio.teams"
    label = "teams"

    def ready(self) -> None:
        from studio.teams import changes, fresh

        changes.connect()
        fresh.connect()

"""Registers the app."""

from django.apps import AppConfig


class OwningConfig(AppConfig):
    name = "studio.owning"
    label = "owning"

    def ready(self) -> None:
        """Have the sweeper remove what was deleted long enough ago."""
        from studio.jobs import ports
        from studio.owning.actions import purge

        ports.every_minute(purge)

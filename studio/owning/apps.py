"""Registers the app."""

from django.apps import AppConfig


class OwningConfig(AppConfig):
    name = "studio.owning"
    label = "owning"

    def ready(self) -> None:
        """Have the sweeper remove what was deleted long enough ago, and keep the account of who signs in again."""
        from studio.jobs import ports
        from studio.owning.actions import account, purge

        ports.every_minute(purge)
        account.connect()

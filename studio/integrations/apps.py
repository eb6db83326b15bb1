"""Registers the app."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "studio.integrations"
    label = "integrations"

    def ready(self) -> None:
        """Hear what teams are told, in the transaction in which it becomes true; send beside the sweeper."""
        from studio.feeds.actions import when_told
        from studio.integrations.outbox import note
        from studio.jobs import ports

        when_told(note)
        ports.beside(_send)


def _send() -> None:
    from studio.integrations import sender  # the one process that needs an HTTP client for it

    sender.start()

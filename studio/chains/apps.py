"""Registers the app."""

from django.apps import AppConfig


class ChainsConfig(AppConfig):
    name = "studio.chains"
    label = "chains"

    def ready(self) -> None:
        """Hear of every job that ends, in the transaction in which it does; and look once a minute at what waits."""
        from studio.chains.actions.advance import advance_all, ended
        from studio.jobs import ports

        ports.when_ended(ended)
        ports.every_minute(advance_all)

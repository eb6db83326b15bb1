"""Registers the app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "studio.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Tell the catalogue, which stands below, how to submit the jobs that install its models. Brand kits that were
        deleted long ago go with the sweeper."""
        from studio.catalog import ports
        from studio.jobs.actions import submit
        from studio.jobs.ports import every_minute
        from studio.presets import brands

        ports.use_submit(submit)
        every_minute(brands.purge)

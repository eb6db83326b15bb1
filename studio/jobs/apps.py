"""Registers the app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "studio.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Tell the catalogue, which stands below, how to submit the jobs that install its models."""
        from studio.catalog import ports
        from studio.jobs.actions import submit

        ports.use_submit(submit)

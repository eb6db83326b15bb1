"""`manage.py sweeper`: runs the sweeper until it is stopped."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from studio.jobs.sweeper import Sweeper


class Command(BaseCommand):
    help = "Puts back jobs of dead workers and rings for those that wait, once a second."

    def handle(self, *args: Any, **options: Any) -> None:
        Sweeper().run()

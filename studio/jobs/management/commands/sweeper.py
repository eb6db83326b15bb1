"""`manage.py sweeper`: runs the sweeper until it is stopped."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from studio.jobs import ports
from studio.jobs.sweeper import Sweeper
from studio.notices import mail


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # those of pages and API, which it would load for nothing
    help = "Puts back jobs of dead workers and rings for those that wait, once a second; sends e-mails and webhooks."

    def handle(self, *args: Any, **options: Any) -> None:
        mail.start()
        ports.begin()
        Sweeper().run()

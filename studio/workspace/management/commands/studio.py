"""`manage.py studio`: everything that a studio on one machine needs, until Ctrl-C. `run` is this after the set-up."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections
from django.utils.translation import gettext as _

from studio.setup.problem import SetupProblem
from studio.supervisor import Supervisor
from studio.teams.actions import ensure_owner, make_signin_link


class Command(BaseCommand):
    help = "Start Redis (where REDIS_URL names none), the web server, workers and sweeper; start again what dies."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            supervisor = Supervisor(settings.DATA, say=self._say)
            self._say(_("Starting the studio …"))
            status = supervisor.run(migrate=self._migrate, greet=self._greet)
        except SetupProblem as problem:
            self.stderr.write(str(problem))
            sys.exit(1)
        self._say(_("Stopped."))
        sys.exit(status)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _migrate(self) -> None:
        """The database as this version wants it, with an owner in it."""
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        ensure_owner()
        connections.close_all()  # the parts that start next must not share a connection with us

    def _greet(self, url: str) -> None:
        url = settings.PUBLIC_URL.rstrip("/") or url
        link = f"{url}/signin/{make_signin_link(ensure_owner())}/"
        connections.close_all()
        self._say(_("\nThe studio runs at %(url)s") % {"url": url})
        self._say(_("Sign in once with this link, it is good for a day:\n\n    %(link)s\n") % {"link": link})
        self._say(_("Everything lies in %(folder)s. Ctrl-C stops it.") % {"folder": settings.DATA})

"""`manage.py token`: an API token, printed as the last word."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.teams import actions
from studio.teams.models import Member, Team, User
from studio.teams.rights import SCOPES


class Command(BaseCommand):
    help = "Prints an API token: the owner's, or that person's, whom it makes (with a personal team) if there is none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", help="e-mail address of the person")
        parser.add_argument("--team", help="bind the token to this team (name or id), which the person is in")
        parser.add_argument(
            "--scope", action="append", default=[], choices=sorted(SCOPES), help="may be repeated"
        )
        parser.add_argument("--name", default="command line", help="what it is for")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["user"]
        if email:
            user = User.objects.filter(email__iexact=email).first() or actions.create_user(
                email=email if "@" in email else f"{email}@studio.localhost", name=email.partition("@")[0]
            )
        else:
            user = actions.ensure_owner()
        team = self._team(user, options["team"]) if options["team"] else None
        _row, secret = actions.create_token(
            user=user, team=team, scopes=options["scope"], name=options["name"]
        )
        self.stdout.write(secret)

    @staticmethod
    def _team(user: User, wanted: str) -> Team:
        for member in Member.objects.filter(user=user).select_related("team"):
            if wanted in (str(member.team_id), member.team.name):
                return member.team
        raise CommandError(f"{user.email} is in no team {wanted!r}.")

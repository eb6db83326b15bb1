"""`manage.py signin`: a new link that signs somebody in once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio import env
from studio.teams import actions, totp
from studio.teams.models import User


class Command(BaseCommand):
    help = "Prints a link that signs the owner (or --user) in, once, within a day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", help="e-mail address of the person")
        parser.add_argument(
            "--without-code",
            action="store_true",
            help="also switches off their second step, such as for a lost phone",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["user"]:
            user = User.objects.filter(email__iexact=options["user"]).first()
            if user is None:
                raise CommandError(f"There is nobody with the address {options['user']}.")
        else:
            user = actions.ensure_owner()
        if options["without_code"]:
            totp.off(user)
        base = (
            settings.PUBLIC_URL
            or f"http://{env.text('STUDIO_HOST', '127.0.0.1')}:{env.text('STUDIO_PORT', '8000')}"
        )
        self.stdout.write(f"{base.rstrip('/')}/signin/{actions.make_signin_link(user)}/")

"""What a team demands of those who come in: nothing more than signing in, or a second step besides.

The rights ask here (`Actor.of`): a member who owes the step is in the team, and sees nothing of it until they have one.
Nobody is locked out by it for good, since whoever owes it can set one up by themselves.
"""

from __future__ import annotations

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from studio.teams.models import Identity, Member, Passkey, Team, Totp, User

WAY = "way"
"""The session's word for how its person came in: "passkey", "oidc", or "" for a password or a link."""


class Demand(models.TextChoices):
    NONE = "", _("Nothing more than signing in")
    OWN = "own", _("An authenticator app or a passkey")
    COMPANY = "company", _("An authenticator app, a passkey, or our company's sign-in")


def way_of(request: HttpRequest) -> str:
    """How the person of this session came in."""
    return str(request.session.get(WAY, ""))


def came_by(request: HttpRequest, way: str) -> None:
    """Note how somebody came in. What adds a passkey has asked for it, so it counts as having come in by it."""
    request.session[WAY] = way


def fulfils(user: User, demand: str, way: str | None) -> bool:
    """Whether this person, who came in that way, has what a team demands. way: None for a token, or for what runs in
    their name; a person has given it before they made it.

    An authenticator app is asked for at every sign-in, so having one is enough. A passkey, and a company's sign-in,
    count for who came in by them: beside them a password, or a link, would open the door alone.
    """
    if not demand or Totp.objects.filter(user=user, confirmed_at__isnull=False).exists():
        return True
    if way in (None, "passkey") and Passkey.objects.filter(user=user).exists():
        return True
    if demand != Demand.COMPANY or way not in (None, "oidc"):
        return False
    return not user.has_usable_password() and Identity.objects.filter(user=user).exists()


def has_passkey(user: User) -> bool:
    return Passkey.objects.filter(user=user).exists()


def without(team: Team, demand: str) -> list[Member]:
    """The members who would have to set one up, by name."""
    members = Member.objects.filter(team=team).select_related("user").order_by("user__name")
    return [member for member in members if not fulfils(member.user, demand, None)]

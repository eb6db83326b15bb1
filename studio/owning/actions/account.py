"""delete_account, keep_account: an account goes, with fourteen days in which signing in keeps it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.notices.actions import tell
from studio.teams.actions import Refused, audit, other_owners
from studio.teams.models import ApiToken, Invitation, Member, Role, Team, User

ACCOUNT_KEPT = timedelta(days=14)


def only_owned(user: User) -> list[Team]:
    """The teams, but for one's own place, that would have no owner without this person."""
    owned = Member.objects.filter(user=user, role=Role.OWNER, team__personal_of=None).select_related("team")
    return sorted(
        (row.team for row in owned if not other_owners(row).exists()), key=lambda team: team.name.lower()
    )


def last_operator(user: User) -> bool:
    """Whether nobody else looks after this studio."""
    others = User.objects.filter(operator=True, is_active=True, delete_at=None).exclude(pk=user.pk)
    return user.operator and not others.exists()


@transaction.atomic
def delete_account(*, user: User, email: str) -> datetime:
    """Begin to delete a person's account; gives when it goes for good. Sessions, sockets, tokens and open invitations end
    now; signing in before that time keeps the rest. email: the address, typed. Raises Refused in words."""
    if email.strip().casefold() != user.email.casefold():
        raise Refused(_("That is not the address of your account. Nothing was deleted."))
    # Two owners, or two operators, who go at the same moment: the second sees that the first has gone.
    list(User.objects.select_for_update().filter(operator=True).order_by("pk").values_list("pk"))
    owned = Member.objects.filter(user=user, role=Role.OWNER).values("team")
    list(Team.objects.select_for_update().filter(pk__in=owned).order_by("pk").values_list("pk"))
    teams = only_owned(user)
    if teams:
        raise Refused(
            _("You are the only owner of %(teams)s. Hand these teams over or delete them first.")
            % {"teams": ", ".join(team.name for team in teams)}
        )
    if last_operator(user):
        raise Refused(
            _(
                "You are the only operator of this studio. Make somebody else one first, or nobody can look after it."
            )
        )
    now = timezone.now()
    user.delete_at = now + ACCOUNT_KEPT
    user.sessions_n += 1
    user.save(update_fields=["delete_at", "sessions_n"])  # which is told to open sockets
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=now)
    Invitation.objects.filter(created_by=user, accepted_at=None, revoked_at=None).update(revoked_at=now)
    audit(None, user, "account.delete", str(user.pk))
    tell(
        [user],
        team=Team.objects.get(personal_of=user),
        kind="account.deleted",
        title=_("Your account goes for good on %(day)s") % {"day": user.delete_at.date().isoformat()},
        text=_("Sign in before then, and it stays."),
        link="/account/",
    )
    return user.delete_at


def keep_account(sender: object, request: HttpRequest | None, user: User, **signal: Any) -> None:
    """Called when somebody has signed in."""
    if user.delete_at is None:
        return
    user.delete_at = None
    user.save(update_fields=["delete_at"])
    audit(None, user, "account.keep", str(user.pk))
    words = _("Your account stays: signing in has kept it. Your API tokens have ended; make new ones.")
    messages.success(request, words, fail_silently=True)  # type: ignore[arg-type]


def connect() -> None:
    user_logged_in.connect(keep_account, dispatch_uid="an account that stays")

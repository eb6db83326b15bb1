"""The verbs between a company's sign-in and the people here: who is known, who is linked, who is new."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.teams import changes
from studio.teams.actions import Refused, audit, create_user
from studio.teams.models import Identity, Member, Passkey, Role, SignInLink, Team, User, as_uuid
from studio.teams.oidc import Claims, name

ROLES = frozenset({Role.VIEWER, Role.REVIEWER, Role.CREATOR, Role.MANAGER})
"""What a newcomer may be; nobody becomes an owner by signing in."""


def known(issuer: str, subject: str) -> User | None:
    """The person whom this identity has been linked to."""
    found = Identity.objects.select_related("user").filter(issuer=issuer, subject=subject).first()
    return found.user if found else None


def to_link(claims: Claims) -> User | None:
    """The account that this identity is to be linked to: the one with the address that the provider has verified.

    None where there is none. Refused where the address is not verified, or the account is another identity's: a
    company may give an address to somebody else, later.
    """
    if not claims.email:
        raise Refused(_("%(name)s has not verified your e-mail address.") % {"name": name()})
    user = User.objects.filter(email__iexact=claims.email).first()
    if user is not None and user.identities.filter(issuer=claims.issuer).exists():
        raise Refused(
            _("The account with this address belongs to somebody else at %(name)s. Ask its manager.")
            % {"name": name()}
        )
    return user


@transaction.atomic
def link(user: User, issuer: str, subject: str) -> None:
    """Link an account that was there before. Its password, passkeys, unused sign-in links and open sessions end:
    nobody had verified the address until now, so it could have been typed in by somebody else, to wait for its owner.
    """
    Identity.objects.create(user=user, issuer=issuer, subject=subject)
    user.set_unusable_password()
    user.save(update_fields=["password"])  # sessions hang on it
    Passkey.objects.filter(user=user).delete()
    SignInLink.objects.filter(user=user, used_at=None).update(used_at=timezone.now())
    audit(None, user, "oidc.link", str(user.pk), issuer=issuer)


@transaction.atomic
def newcomer(claims: Claims) -> User:
    """An account for somebody whom only the provider knows, in the operator's team for newcomers. Refused without one."""
    team = _team()
    if team is None:
        raise Refused(
            _("Nobody here has the address %(address)s. Ask for an invitation.") % {"address": claims.email}
        )
    user = create_user(email=claims.email, name=claims.name or claims.email.partition("@")[0])
    Identity.objects.create(user=user, issuer=claims.issuer, subject=claims.subject)
    role = settings.OIDC_ROLE if settings.OIDC_ROLE in ROLES else Role.VIEWER
    member = Member.objects.create(team=team, user=user, role=role)
    audit(team, user, "member.join", str(user.pk), role=role, issuer=claims.issuer)
    changes.role_given.send(sender=None, member=member, before="")
    return user


def _team() -> Team | None:
    """The team of STUDIO_OIDC_TEAM, by id or by name; a name that several have is none."""
    wanted = settings.OIDC_TEAM
    if not wanted:
        return None
    teams = Team.objects.filter(personal_of=None, delete_at=None)
    pk = as_uuid(wanted)
    found = list(teams.filter(pk=pk) if pk else teams.filter(name=wanted))
    return found[0] if len(found) == 1 else None

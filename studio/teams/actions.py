"""The verbs of people and teams."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from studio import statements
from studio.teams import changes
from studio.teams.models import (
    PROMPT_IN_FILES,
    UNSEEN,
    ApiToken,
    AuditEntry,
    Invitation,
    Member,
    Role,
    SignInLink,
    Team,
    User,
)
from studio.teams.rights import SCOPES, Actor, NotAllowed, NotThere, require

SIGN_IN_LINK_LIFE = timedelta(hours=24)
INVITATION_LIFE = timedelta(days=14)


class Refused(Exception):
    """Something about the request itself cannot be done; said in words for the person."""


def digest(token: str) -> str:
    """Tokens are 256 random bits, so one round of SHA-256 is enough: there is nothing to guess."""
    return hashlib.sha256(token.encode()).hexdigest()


def audit(team: Team | None, user: User | None, verb: str, thing: str = "", **detail: object) -> None:
    """Write an audit entry. Never a secret among the details. Call it late in a transaction: the team hears of it."""
    AuditEntry.objects.create(team=team, user=user, verb=verb, thing=thing, detail=detail)
    if team is not None:
        changes.noted(team.pk, verb, user)


@transaction.atomic
def create_user(*, email: str, name: str, operator: bool = False, password: str | None = None) -> User:
    """A person with a personal team of their own. Without a password they sign in by link."""
    user = User(email=User.objects.normalize_email(email), name=name, operator=operator)
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save()
    team = Team.objects.create(name=name, personal_of=user)
    Member.objects.create(team=team, user=user, role=Role.OWNER)
    return user


@transaction.atomic
def ensure_owner() -> User:
    """The studio's owner: the first operator, made with a personal team and a shared one where there is none."""
    owner = User.objects.filter(operator=True).order_by("created_at").first()
    if owner is not None:
        return owner
    owner = create_user(email="owner@studio.localhost", name=_("Owner"), operator=True)
    create_team(actor=Actor.of(owner), name=_("Studio"))
    return owner


@transaction.atomic
def create_team(*, actor: Actor, name: str) -> Team:
    """A new team, owned by the actor."""
    if not actor.scoped("team.edit"):
        raise NotAllowed("team.edit", _("This token's scopes do not cover that."))
    name = name.strip()
    if not 1 <= len(name) <= 120:
        raise Refused(_("A team's name has 1 to 120 characters."))
    team = Team.objects.create(name=name)
    Member.objects.create(team=team, user=actor.user, role=Role.OWNER)
    audit(team, actor.user, "team.create")
    return team


def make_signin_link(user: User) -> str:
    """The token of a new one-time link (/signin/<token>/); a day long."""
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(
        user=user, token_hash=digest(token), expires_at=timezone.now() + SIGN_IN_LINK_LIFE
    )
    return token


def use_signin_link(token: str) -> User | None:
    """The person whom this link signs in, once; None where it is spent, too old or none."""
    now = timezone.now()
    hashed = digest(token)
    spent = SignInLink.objects.filter(token_hash=hashed, used_at=None, expires_at__gt=now).update(used_at=now)
    if not spent:
        return None
    user = SignInLink.objects.select_related("user").get(token_hash=hashed).user
    return user if user.is_active else None


def create_token(
    *, user: User, team: Team | None = None, scopes: Sequence[str] = (), name: str = ""
) -> tuple[ApiToken, str]:
    """A new API token and its secret, which is shown this once. A ValueError names an unknown scope."""
    for scope in scopes:
        if scope not in SCOPES:
            raise ValueError(f"There is no scope {scope!r}. There are: {', '.join(SCOPES)}.")
    secret = "st_" + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, team=team, name=name, scopes=list(scopes), token_hash=digest(secret)
    )
    audit(team, user, "token.create", str(token.id), scopes=list(scopes))
    return token, secret


def find_token(secret: str) -> ApiToken | None:
    """The live token with this secret, or None. Its last use is noted at most once a minute."""
    token = statements.first(ApiToken, {"token_hash": digest(secret)})
    user = statements.first(User, {"id": token.user_id}) if token and token.revoked_at is None else None
    if token is None or user is None or not user.is_active:
        return None
    token.user = user
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def revoke_token(*, actor: Actor, token: ApiToken) -> None:
    """Revoke one's own token, at once."""
    if token.user_id != actor.user.pk:
        raise NotThere
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    changes.tell(actor.user.pk)
    audit(token.team, actor.user, "token.revoke", str(token.id))


@transaction.atomic
def invite(*, actor: Actor, team: Team, role: str) -> tuple[Invitation, str]:
    """An invitation and its token (/join/<token>/), two weeks long. Nobody invites above their own role."""
    require(actor, "member.invite", team)
    if role not in Role.values:
        raise Refused(_("There is no role %(role)s.") % {"role": role})
    if role == Role.OWNER:
        require(actor, "member.owner", team)
    if team.personal_of_id:
        raise Refused(_("A personal team has one member. Make a team first."))
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        team=team,
        role=role,
        token_hash=digest(token),
        created_by=actor.user,
        expires_at=timezone.now() + INVITATION_LIFE,
    )
    audit(team, actor.user, "member.invite", str(invitation.id), role=role)
    return invitation, token


def find_invitation(token: str) -> Invitation | None:
    """The open invitation with this token, or None."""
    return (
        Invitation.objects.select_related("team", "created_by")
        .filter(token_hash=digest(token), accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())
        .first()
    )


@transaction.atomic
def accept_invitation(*, user: User, token: str) -> Member:
    """Join the team of an open invitation, once. NotThere where it is spent, revoked, too old or none."""
    invitation = find_invitation(token)
    if invitation is None:
        raise NotThere
    now = timezone.now()
    spent = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(
        accepted_at=now, accepted_by=user
    )
    if not spent:
        raise NotThere
    member, made = Member.objects.get_or_create(
        team=invitation.team, user=user, defaults={"role": invitation.role}
    )
    if made:
        audit(invitation.team, user, "member.join", str(user.pk), role=invitation.role)
        changes.role_given.send(sender=None, member=member, before="")
    return member


def revoke_invitation(*, actor: Actor, invitation: Invitation) -> None:
    require(actor, "member.invite", invitation.team)
    Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(revoked_at=timezone.now())
    audit(invitation.team, actor.user, "member.uninvite", str(invitation.pk))


def other_owners(member: Member) -> QuerySet[Member]:
    """The owners beside this member, without those whose account is about to go."""
    owners = Member.objects.filter(team_id=member.team_id, role=Role.OWNER, user__delete_at=None)
    return owners.exclude(pk=member.pk)


def _keep_an_owner(member: Member) -> None:
    # Two owners who leave at the same moment: the second sees that the first has gone.
    Team.objects.select_for_update().filter(pk=member.team_id).first()
    if member.role == Role.OWNER and not other_owners(member).exists():
        raise Refused(
            _(
                "%(team)s keeps at least one owner, and nobody else is one. Hand the team over or make somebody else an "
                "owner first, or delete the team."
            )
            % {"team": member.team.name}
        )


@transaction.atomic
def change_role(*, actor: Actor, member: Member, role: str) -> None:
    """Give a member another role. Only an owner makes or unmakes owners."""
    require(actor, "member.role", member.team)
    if role not in Role.values:
        raise Refused(_("There is no role %(role)s.") % {"role": role})
    if Role.OWNER in (role, member.role):
        require(actor, "member.owner", member.team)
        if role != Role.OWNER:
            _keep_an_owner(member)
    before, member.role = member.role, role
    Member.objects.filter(pk=member.pk).update(role=role)
    changes.tell(member.user_id)
    audit(member.team, actor.user, "member.role", str(member.user_id), role=role)
    changes.role_given.send(sender=None, member=member, before=before)


@transaction.atomic
def remove_member(*, actor: Actor, member: Member) -> None:
    """Take a member out of a team, or leave it oneself. Their tokens of that team and their open invitations end."""
    if member.user_id != actor.user.pk:
        require(actor, "member.remove", member.team)
        if member.role == Role.OWNER:
            require(actor, "member.owner", member.team)
    elif actor.role_in(member.team_id) is None:
        raise NotThere
    elif not actor.scoped("member.remove"):
        raise NotAllowed("member.remove", _("This token's scopes do not cover that."))
    if member.team.personal_of_id == member.user_id:
        raise Refused(_("A personal team cannot be left."))
    _keep_an_owner(member)
    Member.objects.filter(pk=member.pk).delete()
    now = timezone.now()  # what they had could bring them, or others, back in
    theirs = {"team": member.team_id, "revoked_at": None}
    ApiToken.objects.filter(user=member.user_id, **theirs).update(revoked_at=now)
    Invitation.objects.filter(created_by=member.user_id, accepted_at=None, **theirs).update(revoked_at=now)
    audit(member.team, actor.user, "member.remove", str(member.user_id))


def set_password(*, user: User, password: str) -> None:
    """A new password; ValidationError (django) lists what is wrong with it."""
    from django.contrib.auth.password_validation import validate_password

    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    audit(None, user, "password.set", str(user.pk))


def edit_profile(*, actor: Actor, name: str, email: str, prompt_in_files: bool, seen: bool) -> None:
    """Change one's own name and address, whether one's prompts are written into files (off until said), and whether
    others see that one is here (on until said)."""
    user = actor.user
    user.name, user.email = name.strip(), User.objects.normalize_email(email)
    user.preferences = {**user.preferences, PROMPT_IN_FILES: prompt_in_files, UNSEEN: not seen}
    user.save(update_fields=["name", "email", "preferences"])
    audit(None, user, "profile.edit", str(user.pk))

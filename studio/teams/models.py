"""Who asks: people, teams, members, and the tokens that stand for them."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.ids import uuid7

PROMPT_IN_FILES = "prompt_in_files"
"""Key of User.preferences: whether prompts are written into the files that this person makes."""
UNSEEN = "unseen"
"""Key of User.preferences: whether others are not shown that this person is here."""


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person. `operator` is the right over machine-wide matters: nodes, models for everybody.

    delete_at: when the account goes for good; signing in before that keeps it. sessions_n: raised, it ends every session
    that is open.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    operator = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    preferences = models.JSONField(default=dict)
    delete_at = models.DateTimeField(null=True, blank=True, db_index=True)
    sessions_n = models.PositiveIntegerField(default=0, db_default=0)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session has to know; another one once `sessions_n` was raised."""
        known: str = super()._get_session_auth_hash(secret)  # type: ignore[misc]
        return f"{known}{self.sessions_n or ''}"


class Role(models.TextChoices):
    """What a member may do; the table is in rights.py. Each includes the one before."""

    VIEWER = "viewer", _("Viewer")
    REVIEWER = "reviewer", _("Reviewer")
    CREATOR = "creator", _("Creator")
    MANAGER = "manager", _("Manager")
    OWNER = "owner", _("Owner")


class Team(models.Model):
    """Every job and asset belongs to one. `personal_of` marks the team that a person gets at sign-up.

    `feed_n` numbers the team's feed; it is raised last in a transaction (see feeds.actions). `hooked`: the events of which
    some webhook of the team hears, empty where it has none. Quotas (see jobs.quotas): None is none.
    second_step: what it demands of its members beside signing in, "" for nothing (see second_step.py).
    delete_at: when the team goes for good. Until then it has no members, so nobody reaches it; who they were stands in
    `left` ([user, role, joined_at] each), by which it is taken back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    personal_of = models.OneToOneField(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="personal_team"
    )
    feed_n = models.BigIntegerField(default=0)
    hooked = models.CharField(max_length=300, default="", blank=True)
    jobs_a_day = models.PositiveIntegerField(null=True, blank=True)
    minutes_a_month = models.PositiveIntegerField(null=True, blank=True)
    disk_mb = models.PositiveIntegerField(null=True, blank=True)
    second_step = models.CharField(max_length=8, default="", db_default="", blank=True)
    delete_at = models.DateTimeField(null=True, blank=True, db_index=True)
    left = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    members = models.ManyToManyField(User, through="Member", related_name="teams")

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """Somebody in a team. demands: what the team demands, as it stands there; here, so that rights ask one table."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    joined_at = models.DateTimeField(default=timezone.now)
    demands = models.CharField(max_length=8, default="", db_default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="one_membership")]

    def save(self, *args: Any, **more: Any) -> None:
        if not self._state.adding:
            super().save(*args, **more)
            return
        with transaction.atomic():  # whoever joins while it is set waits for it
            self.demands = (
                Team.objects.select_for_update().values_list("second_step", flat=True).get(pk=self.team_id)
            )
            super().save(*args, **more)


class Invitation(models.Model):
    """A link that lets whoever follows it join a team with a role. Only the token's hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Role.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, on_delete=models.CASCADE)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class ApiToken(models.Model):
    """Stands for a person in a team, with scopes. Shown once; only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=120, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class SignInLink(models.Model):
    """A link that signs a person in once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Totp(models.Model):
    """The authenticator app that gives a person's second step. On from `confirmed_at`; the secret lies encrypted.

    `last_step` is the newest half minute whose code was taken: no code is taken twice.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="totp")
    secret = models.CharField(max_length=255)
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)


class RecoveryCode(models.Model):
    """Stands in for the authenticator app, once. Only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True)


class Passkey(models.Model):
    """A key that a device of the person's keeps; here is its public half (`credential`: WebAuthn's attested data)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=120)
    key_hash = models.CharField(max_length=64, unique=True)
    credential = models.BinaryField()
    uses = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)


class Identity(models.Model):
    """Who a person is at their company's sign-in (OIDC): the provider's `subject` never changes, an address may."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="one_identity"),
            models.UniqueConstraint(fields=["issuer", "user"], name="one_identity_each"),
        ]


class Throttle(models.Model):
    """Tries that were counted against an address or an account (see throttle.py); `key` is a digest of both."""

    key = models.CharField(max_length=64, primary_key=True)
    tries = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(db_index=True)


class AuditEntry(models.Model):
    """Who did what to whom, for the team's managers. Never changed, never holds a secret."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="audit")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    verb = models.CharField(max_length=60)
    thing = models.CharField(max_length=120, blank=True)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(F("team"), F("id").desc(), name="audit_page")]


NOBODY = uuid.UUID(int=0)


def as_uuid(value: str | uuid.UUID) -> uuid.UUID | None:
    """The UUID that `value` spells, or None: an id that is none is not there, which is no error of the server."""
    if isinstance(value, uuid.UUID):
        return value
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None


def key_of(value: str | uuid.UUID) -> uuid.UUID:
    """`as_uuid` for a look-up by key: what is no UUID becomes one that nothing has."""
    return as_uuid(value) or NOBODY

"""The verbs of the second step: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for when it is lost."""

from __future__ import annotations

import hmac
import secrets
import time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.sealed import opened, seal
from studio.teams import changes
from studio.teams.actions import Refused, audit, digest
from studio.teams.models import RecoveryCode, Totp, User

STEP_S = 30
APART = 1
"""How many half minutes the clock of the app may be off."""
RECOVERY_CODES = 10
PURPOSE = "totp"


def is_on(user: User) -> bool:
    """Whether this person's sign-in has a second step."""
    return Totp.objects.filter(user=user, confirmed_at__isnull=False).exists()


def begin(user: User) -> None:
    """A new secret, which does nothing until a code confirms it."""
    import pyotp

    if is_on(user):
        raise Refused(_("The second step is on already."))
    Totp.objects.update_or_create(
        user=user, defaults={"secret": seal(pyotp.random_base32(), PURPOSE), "created_at": timezone.now()}
    )


def begun(user: User) -> Totp | None:
    """What waits for the code that confirms it."""
    return Totp.objects.filter(user=user, confirmed_at=None).first()


def secret_of(totp: Totp) -> str:
    """The secret in the letters that people type into an app; "" where the studio's own key has changed since."""
    return opened(totp.secret, PURPOSE)


def address_of(totp: Totp, user: User) -> str:
    """The otpauth:// address of a QR code."""
    import pyotp

    return str(pyotp.TOTP(secret_of(totp)).provisioning_uri(name=user.email, issuer_name=_("Studio")))


@transaction.atomic
def confirm(user: User, code: str) -> list[str]:
    """Switch it on. Gives the recovery codes, this once; none where the code is wrong."""
    totp = begun(user)
    if totp is None or not _takes(totp, code):
        return []
    Totp.objects.filter(pk=totp.pk).update(confirmed_at=timezone.now())
    RecoveryCode.objects.filter(user=user).delete()
    codes = ["-".join(_letters() for _each in range(4)) for _every in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, code_hash=digest(_plain(code))) for code in codes
    )
    audit(None, user, "totp.on", str(user.pk))
    return codes


@transaction.atomic
def passes(user: User, code: str) -> bool:
    """Whether this code, of the app or for recovery, is the person's second step now. It is spent by that."""
    totp = Totp.objects.filter(user=user, confirmed_at__isnull=False).first()
    if totp is None:
        return False
    if _takes(totp, code):
        return True
    used = RecoveryCode.objects.filter(user=user, code_hash=digest(_plain(code)), used_at=None).update(
        used_at=timezone.now()
    )
    if used:
        audit(None, user, "totp.recovery", str(user.pk))
    return bool(used)


def off(user: User) -> None:
    """No second step from now on. Who asks has passed a code, or has the machine (`manage.py signin --without-code`)."""
    with transaction.atomic():
        there, _of = Totp.objects.filter(user=user).delete()
        RecoveryCode.objects.filter(user=user).delete()
        if there:
            changes.tell(user.pk)  # some team may have demanded it
            audit(None, user, "totp.off", str(user.pk))


def codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def _takes(totp: Totp, code: str) -> bool:
    """Whether the app shows this code now, and nobody has used it yet: one update decides among several at once."""
    import pyotp

    secret, given = secret_of(totp), code.replace(" ", "")
    if not secret or not (given.isascii() and given.isdigit()):
        return False
    app, now = pyotp.HOTP(secret), int(time.time()) // STEP_S
    for step in range(now - APART, now + APART + 1):
        if hmac.compare_digest(app.at(step), given):
            return bool(Totp.objects.filter(pk=totp.pk, last_step__lt=step).update(last_step=step))
    return False


def _letters() -> str:
    """Four letters and digits that are not mistaken for each other; four such groups hold 79 random bits."""
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _each in range(4))


def _plain(code: str) -> str:
    return "".join(letter for letter in code.lower() if letter.isalnum())

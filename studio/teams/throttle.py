"""Guessing gets nowhere: wrong passwords, spent links, unknown tokens and mails asked for are counted in the database.

Two sorts of limit. A password can be guessed, so its tries are counted before it is looked at, per person from one
address, per person and per address; beyond the limit even the right one waits. Links and tokens hold 256 random bits
and cannot be guessed: wrong ones are counted and refused ever more cheaply, the right one always passes, so that nobody
can lock an office out, and a link of `manage.py signin` lets the owner in whatever else rests.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.teams.models import Throttle


@dataclass(frozen=True)
class Rule:
    """`tries` within `rest_s` seconds of each other; after them it rests for `rest_s` seconds from the last."""

    tries: int
    rest_s: int


RULES: dict[str, Rule] = {
    "password-here": Rule(10, 600),  # one account, from one address
    "password-account": Rule(40, 600),  # one account, from everywhere: many addresses guess together
    "password-address": Rule(60, 600),  # many accounts, from one address
    "mail-account": Rule(3, 3600),  # letters to one person
    "mail-address": Rule(20, 3600),
    "share-password": Rule(10, 600),  # one share link, from one address
    "guest-comment": Rule(20, 600),
    "code-here": Rule(6, 600),  # second step of one account, from one address
    "code-account": Rule(20, 3600),  # from everywhere: whoever gets here knows the password
    "passkey": Rule(60, 600),
    "oidc": Rule(60, 600),
    "link": Rule(20, 600),
    "token": Rule(30, 60),
}
OLD = timedelta(days=1)


class TooMany(Exception):
    """Too many tries; `wait_s` until the next is looked at (429, Retry-After)."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(_("Too many tries. Wait %(minutes)d min.") % {"minutes": -(-wait_s // 60)})
        self.wait_s = wait_s


def address_of(request: HttpRequest) -> str:
    """Where a request comes from. The web server has put the client's address here where a proxy on this machine names it."""
    return str(request.META.get("REMOTE_ADDR") or "")


def waits(rule: str, subject: str) -> int:
    """Seconds until this subject may try again; 0 where it may now."""
    row = Throttle.objects.filter(key=_key(rule, subject), until__gt=timezone.now()).first()
    if row is None or row.tries <= RULES[rule].tries:
        return 0
    return max(1, round((row.until - timezone.now()).total_seconds()))


def count(rule: str, subject: str) -> int:
    """Count one try; gives the seconds to wait where there were too many, else 0. Says it before the try is looked at,
    so that many tries at once are counted like one after another. What already rests is not written again."""
    resting = waits(rule, subject)
    if resting:
        return resting
    key, now = _key(rule, subject), timezone.now()
    until = now + timedelta(seconds=RULES[rule].rest_s)
    with transaction.atomic():
        if not Throttle.objects.filter(key=key, until__gt=now).update(tries=F("tries") + 1, until=until):
            Throttle.objects.update_or_create(key=key, defaults={"tries": 1, "until": until})
            Throttle.objects.filter(until__lt=now - OLD).delete()
    return waits(rule, subject)


def forget(rule: str, subject: str) -> None:
    """The try was right: nothing is held against this subject."""
    Throttle.objects.filter(key=_key(rule, subject)).delete()


def take_back(rule: str, subject: str) -> None:
    """The try was right, and counts no more; those before it do."""
    Throttle.objects.filter(key=_key(rule, subject), tries__gt=0).update(tries=F("tries") - 1)


def before_password(account: str, address: str) -> int:
    """Count a try at a password; the seconds to wait where it must not be looked at.

    A try that one limit stops does not count against the next: one address alone never makes an account rest for all.
    """
    return next(
        (wait for rule, subject in _of_password(account, address) if (wait := count(rule, subject))), 0
    )


def after_right_password(account: str, address: str) -> None:
    for rule, subject in _of_password(account, address):
        if rule == "password-address":
            take_back(rule, subject)  # one who knows one password must not guess others' for ever
        else:
            forget(rule, subject)


def _of_password(account: str, address: str) -> list[tuple[str, str]]:
    account = account.strip().lower()
    return [
        ("password-here", f"{account} {address}"),
        ("password-address", address),
        ("password-account", account),
    ]


def before_code(user_id: str, address: str) -> int:
    """Count a try at a second step; the seconds to wait where it must not be looked at."""
    return count("code-here", f"{user_id} {address}") or count("code-account", user_id)


def after_right_code(user_id: str, address: str) -> None:
    forget("code-here", f"{user_id} {address}")
    forget("code-account", user_id)


def before_mail(account: str, address: str) -> int:
    """Count a letter asked for; the seconds to wait where none is sent."""
    return max(count("mail-address", address), count("mail-account", account.strip().lower()))


def wrong_secret(rule: str, request: HttpRequest) -> None:
    """A link or a token that is none. TooMany where this address has sent too many."""
    wrong_secret_from(rule, address_of(request))


def wrong_secret_from(rule: str, address: str) -> None:
    wait = count(rule, address)
    if wait:
        raise TooMany(wait)


def _key(rule: str, subject: str) -> str:
    """Subjects are kept as digests: the table names nobody."""
    return hashlib.sha256(f"{rule}\n{subject}".encode()).hexdigest()

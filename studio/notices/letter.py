"""One e-mail of all that waits for a person: as text, and as plain HTML."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio import env
from studio.notices import preferences
from studio.notices.models import Notice
from studio.teams.models import User

MOST_LINES = 50


def address() -> str:
    """Where the studio is, for links."""
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL).rstrip("/")
    host = env.text("STUDIO_HOST", "127.0.0.1")
    host = "127.0.0.1" if host in {"0.0.0.0", "::"} else f"[{host}]" if ":" in host else host
    return f"http://{host}:{env.text('STUDIO_PORT', '8000')}"


def folded(notices: Sequence[Notice]) -> list[dict[str, Any]]:
    """[{notice, others}]: the newest about each thing, newest first, and how many older ones there are about it."""
    found: dict[str, dict[str, Any]] = {}
    for notice in sorted(notices, key=lambda one: one.pk, reverse=True):
        key = notice.about or str(notice.pk)
        if key in found:
            found[key]["others"] += 1
        else:
            found[key] = {"notice": notice, "others": 0}
    return list(found.values())


def letter(person: User, notices: Sequence[Notice]) -> EmailMultiAlternatives:
    """The e-mail; the same notices always give the same Message-ID."""
    with translation.override(settings.LANGUAGE_CODE):
        lines = folded(notices)
        wanted = preferences.of(person.preferences)
        context = {
            "person": person,
            "lines": lines[:MOST_LINES],
            "more": max(0, len(lines) - MOST_LINES),
            "address": address(),
        }
        message = EmailMultiAlternatives(
            _subject(lines, daily=wanted.email == preferences.DAILY),
            render_to_string("notices/letter.txt", context),
            to=[person.email],
            headers={
                "Message-ID": _message_id(notices),
                "List-Unsubscribe": f"<{address()}/notices/preferences/>",
                "Auto-Submitted": "auto-generated",
            },
        )
        message.attach_alternative(render_to_string("notices/letter.html", context), "text/html")
        return message


def _subject(lines: list[dict[str, Any]], *, daily: bool) -> str:
    n = len(lines)
    if daily:
        subject = ngettext(
            "Your day in the studio: %(n)s notice", "Your day in the studio: %(n)s notices", n
        ) % {"n": n}
    elif n == 1:
        subject = lines[0]["notice"].title
    else:
        subject = _("%(first)s, and %(n)s more") % {"first": lines[0]["notice"].title, "n": n - 1}
    return " ".join(subject.split())


def _message_id(notices: Sequence[Notice]) -> str:
    names = " ".join(sorted(str(notice.pk) for notice in notices))
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "studio.localhost"
    return f"<notices-{hashlib.sha256(names.encode()).hexdigest()[:32]}@{domain}>"

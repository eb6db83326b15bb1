"""Whether somebody has signed in lately in this browser: asked before what decides who can get in, and before
what takes everything along or away.

A session that was left open, or taken, must not make itself a way in that outlives it.
"""

from __future__ import annotations

import time
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.utils.translation import gettext as _

from studio.teams.actions import Refused

ENTERED = "entered_at"
LATELY_S = 30 * 60


def _note(request: HttpRequest, **signal: Any) -> None:
    request.session[ENTERED] = time.time()


def connect() -> None:
    """Note in each session when its person signed in."""
    user_logged_in.connect(_note, dispatch_uid="when somebody signed in")


def is_fresh(request: HttpRequest) -> bool:
    return time.time() - float(request.session.get(ENTERED, 0.0)) < LATELY_S


def ask_fresh(request: HttpRequest) -> None:
    """Raises Refused, which says what to do, where the sign-in is older than half an hour."""
    if not is_fresh(request):
        raise Refused(
            _(
                "This needs a recent sign-in, and you signed in more than half an hour ago. "
                "Sign out, sign in again, then do it."
            )
        )

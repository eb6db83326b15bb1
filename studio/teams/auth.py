"""Who asks through the API: a Bearer token, or a signed-in person's session with its CSRF check.

Routes of the API get `request.actor`; other views (files, streams) call `actor_for(request)` themselves.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.utils import check_csrf

from studio.teams import actions, throttle
from studio.teams.models import User
from studio.teams.rights import Actor, StepOwed
from studio.teams.second_step import way_of

SCHEME = "bearer"


class Unauthenticated(Exception):
    """Nobody asks: no token and no session (401). `why` is "missing" or "wrong"."""

    def __init__(self, why: str = "missing") -> None:
        super().__init__(why)
        self.why = why


class CsrfFailed(Exception):
    """A session without the page's CSRF token asked for a change (403)."""


class ApiRequest(HttpRequest):
    """A request of the API, after its authentication."""

    actor: Actor


def bearer(header: str) -> str | None:
    """The secret in an Authorization header, or None where it holds no Bearer token."""
    scheme, _, secret = header.partition(" ")
    secret = secret.strip()
    return secret if scheme.lower() == SCHEME and secret else None


def actor_for(request: HttpRequest) -> Actor:
    """The actor of a request. A token goes before a session, so a wrong one never falls back to a cookie.

    Raises Unauthenticated, throttle.TooMany after many wrong tokens, or CsrfFailed for a session that asks for a change without the CSRF token.
    Two to three short queries.
    """
    header = request.headers.get("Authorization", "")
    if header:
        secret = bearer(header)
        token = actions.find_token(secret) if secret else None
        if token is None:
            throttle.wrong_secret("token", request)
            raise Unauthenticated("wrong")
        actor = Actor.of(token.user, token)
        if token.team_id in actor.held:
            raise StepOwed(token.team_id)
        return actor
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        raise Unauthenticated
    if check_csrf(request, _view) is not None:
        raise CsrfFailed
    return Actor.of(user, way=way_of(request))


def _view(request: HttpRequest) -> HttpResponse:
    """What the CSRF check looks at: a view that is not exempt."""
    return HttpResponse()


class Bearer:
    """The first way to sign in to the API. Fails at once on a wrong token."""

    openapi_security_schema: dict[str, Any] = {
        "type": "http",
        "scheme": SCHEME,
        "description": "A token from `manage.py token` or from the page Team.",
    }

    def __call__(self, request: HttpRequest) -> Actor | None:
        if "Authorization" not in request.headers:
            return None
        return _remember(request)


class Session:
    """The second: the cookie of somebody signed in, as the pages have it; changes need X-CSRFToken."""

    openapi_security_schema: dict[str, Any] = {
        "type": "apiKey",
        "in": "cookie",
        "name": "sessionid",
        "description": "A signed-in browser; changes also need the header X-CSRFToken.",
    }

    def __call__(self, request: HttpRequest) -> Actor | None:
        return _remember(request)


def _remember(request: HttpRequest) -> Actor:
    actor = actor_for(request)
    request.actor = actor  # type: ignore[attr-defined]
    return actor

"""Headers that every answer carries, and the answer when the database is busy or away."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone

log = logging.getLogger(__name__)

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)

GetResponse = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


class Both:
    """A middleware for async and sync handlers alike: `after` and `failed` are quick and never block."""

    sync_capable = async_capable = True

    def __init__(
        self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
    ) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        response = self.get_response(request)
        if isinstance(response, HttpResponseBase):
            return self.after(request, response)
        return self._wait(request, response)

    async def _wait(self, request: HttpRequest, response: Awaitable[HttpResponseBase]) -> HttpResponseBase:
        return self.after(request, await response)

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response


class SecurityHeaders(Both):
    """Strict content security policy: scripts and styles from this origin only, nothing inline."""

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(self), geolocation=()")
        return response


class LocalTime(Both):
    """Pages say times as the person's clock does: the browser tells its time zone in the cookie `tz`."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        try:
            timezone.activate(ZoneInfo(request.COOKIES.get("tz") or "UTC"))
        except (ValueError, OSError, ZoneInfoNotFoundError):  # whatever a cookie may say
            timezone.deactivate()
        return super().__call__(request)


class BusyDatabase(Both):
    """A database that is locked or away is a 503 with Retry-After, never a 500: trying again helps."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if busy(exception):
            if "text/html" in request.headers.get("Accept", ""):
                page = HttpResponse(
                    render_to_string("503.html"), status=503
                )  # no context: it would ask the database
                page.headers["Retry-After"] = "1"
                return page
            return busy_response()
        return None


def busy(error: BaseException) -> bool:
    """Whether the database is locked or away for a while. All that PostgreSQL calls operational is: a lock that was
    waited for too long, a server that stops, starts, has no room or cannot be reached."""
    if not isinstance(error, OperationalError):
        return False
    if connection.vendor == "postgresql":
        log.warning("the database: %s", str(error).strip())
        return True
    return "locked" in str(error)


def busy_response() -> HttpResponse:
    """The problem document for a database that is busy or away."""
    response = JsonResponse(
        {
            "type": "/problems/busy",
            "title": "Busy",
            "status": 503,
            "detail": "The studio's database is busy or away. Try again in a moment; a request that carries an "
            "Idempotency-Key is never done twice.",
        },
        status=503,
        content_type="application/problem+json",
    )
    response.headers["Retry-After"] = "1"
    return response

"""Every error of the API as application/problem+json (RFC 9457), and what each type of problem means."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, cast

from asgiref.sync import iscoroutinefunction
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from studio.middleware import busy, busy_response
from studio.problems import Problem, shown
from studio.teams.actions import Refused
from studio.teams.auth import CsrfFailed, Unauthenticated
from studio.teams.rights import NotAllowed, NotThere, StepOwed
from studio.teams.throttle import TooMany

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
MOST_ERRORS = 100  # of one request that are told

MEANINGS: dict[str, tuple[int, Any]] = {
    "unauthenticated": (
        401,
        gettext_lazy(
            "The request carries no token, or one that is unknown or revoked. Send “Authorization: Bearer <token>”; "
            "`manage.py token` prints one."
        ),
    ),
    "csrf": (
        403,
        gettext_lazy(
            "A browser's session asked for a change without the page's CSRF token. Send it as X-CSRFToken, or use a "
            "Bearer token."
        ),
    ),
    "forbidden": (
        403,
        gettext_lazy(
            "You are in the team, but your role, or the scopes of your token, do not allow this. A manager can change "
            "roles."
        ),
    ),
    "second-step": (
        403,
        gettext_lazy(
            "The team demands a second step of its members, and you have none: neither an authenticator app nor a passkey. "
            "Set one up on your account page; tokens of yours work in that team from then on."
        ),
    ),
    "not-found": (
        404,
        gettext_lazy("There is nothing at this address, or it is not yours: the two are told alike."),
    ),
    "method": (
        405,
        gettext_lazy("This address does not take that method; the header Allow names those it takes."),
    ),
    "conflict": (
        409,
        gettext_lazy(
            "The Idempotency-Key was used before with another body, or the thing has changed meanwhile. Read it again, "
            "or use another key."
        ),
    ),
    "newer-revision": (
        409,
        gettext_lazy(
            "Somebody saved a newer revision of this text than the one named in `after`. Nothing was kept: read the "
            "revisions, and send the text again with the newest in `after`."
        ),
    ),
    "tus-version": (412, gettext_lazy("An upload speaks tus 1.0.0: send the header Tus-Resumable: 1.0.0.")),
    "too-large": (413, gettext_lazy("The body or the file is larger than the studio takes.")),
    "unsupported": (
        415,
        gettext_lazy("The body is not JSON, or the file is of a kind that the studio cannot read."),
    ),
    "invalid-json": (
        422,
        gettext_lazy("The body is no JSON that can be read, or holds characters that no text has."),
    ),
    "invalid-request": (
        422,
        gettext_lazy(
            "A field of the request is missing or cannot be used; `errors` names each with its place."
        ),
    ),
    "invalid-inputs": (
        422,
        gettext_lazy(
            "The tool refuses some inputs; `errors` names each. GET /tools/{name} has their schema."
        ),
    ),
    "unknown-tool": (422, gettext_lazy("No tool has this name. GET /tools lists those there are.")),
    "model-not-installed": (
        422,
        gettext_lazy(
            "The model is unknown or not installed. GET /models lists them; an operator installs one."
        ),
    ),
    "no-node-could": (
        422,
        gettext_lazy(
            "No node that the studio knows has the memory or the device that these inputs need on this model. Ask for "
            "less, choose a smaller model, or add a node."
        ),
    ),
    "refused-by-policy": (422, gettext_lazy("The team's rules, or the studio's, do not allow this request.")),
    "refused": (422, gettext_lazy("The request is well formed, but cannot be done; `detail` says why.")),
    "too-many": (429, gettext_lazy("Too many requests. Wait for the seconds that Retry-After says.")),
    "internal": (
        500,
        gettext_lazy("An error of the studio's own. It is in the server's log; trying again may help."),
    ),
    "busy": (
        503,
        gettext_lazy(
            "The studio is busy or a part of it is away. Retry-After says when to try again; a request that carries an "
            "Idempotency-Key is never done twice."
        ),
    ),
    "storage-full": (
        503,
        gettext_lazy("The disk is full. Nothing was stored; an operator has to make room."),
    ),
    "quota": (
        429,
        gettext_lazy(
            "The team has used what its owners let it use: jobs a day, minutes of workers a month, or room on the disk. "
            "`detail` says which, and when it begins anew; nothing was stored."
        ),
    ),
    "problem": (400, gettext_lazy("The request could not be understood; `detail` says why.")),
}
"""Each type with its status and what it means; the pages /problems/<type> show them. Types stay; new ones may come."""

TITLES: dict[int, Any] = {
    400: gettext_lazy("That request cannot be understood"),
    401: gettext_lazy("Sign in first"),
    403: gettext_lazy("Not allowed"),
    404: gettext_lazy("Not there"),
    405: gettext_lazy("Not that method"),
    409: gettext_lazy("Conflict"),
    412: gettext_lazy("Another version"),
    413: gettext_lazy("Too large"),
    415: gettext_lazy("That kind cannot be read"),
    422: gettext_lazy("The request cannot be used"),
    429: gettext_lazy("Too many requests"),
    500: gettext_lazy("An error of the studio"),
    503: gettext_lazy("Busy"),
}


class InvalidJson(Problem):
    """A body that is no JSON."""

    type = "invalid-json"
    title = "The body cannot be read as JSON"
    status = 422


def problem(
    type: str,
    detail: str,
    *,
    errors: list[dict[str, Any]] | None = None,
    retry_after: int | None = None,
    status: int | None = None,
    title: str | None = None,
) -> HttpResponse:
    """The response for a type of problem in `MEANINGS`."""
    status = status or MEANINGS[type][0]
    body: dict[str, Any] = {
        "type": f"/problems/{type}",
        "title": title or str(TITLES.get(status, TITLES[400])),
        "status": status,
        "detail": shown(detail, 600),
    }
    if errors:
        body["errors"] = [
            {**error, "loc": [shown(part) for part in error["loc"]]} for error in errors[:MOST_ERRORS]
        ]
    response = JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    if retry_after is None and status in (429, 503):
        retry_after = 1
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="studio"'
    return response


def to_problem(request: HttpRequest, error: BaseException) -> HttpResponse | None:
    """The problem document for an exception that has one; None for an error of our own."""
    if isinstance(error, Problem):
        return problem(
            error.type,
            error.detail,
            errors=error.errors,
            retry_after=error.retry_after,
            status=error.status,
            title=str(error.title),
        )
    if isinstance(error, NotThere | Http404):
        return problem("not-found", _("There is nothing here, or it is not yours."))
    if isinstance(error, StepOwed):
        return problem("second-step", str(error))
    if isinstance(error, NotAllowed):
        return problem("forbidden", str(error))
    if isinstance(error, Refused):
        return problem("refused", str(error))
    if isinstance(error, Unauthenticated | AuthenticationError):
        wrong = isinstance(error, Unauthenticated) and error.why == "wrong"
        return problem(
            "unauthenticated",
            _("This token is unknown or revoked.")
            if wrong
            else _("This needs a token or somebody signed in."),
        )
    if isinstance(error, TooMany):
        return problem("too-many", str(error), retry_after=error.wait_s)
    if isinstance(error, CsrfFailed):
        return problem(
            "csrf", _("A change by a signed-in browser needs the page's CSRF token as X-CSRFToken.")
        )
    if isinstance(error, RequestDataTooBig):
        return problem("too-large", _("The body of a request is at most 8 MB; files go to /assets."))
    if busy(error):
        return busy_response()
    if isinstance(error, SuspiciousOperation | MultiPartParserError):
        return problem("problem", _("The request is not well formed."))
    return None


def _validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [{"loc": list(e["loc"]), "msg": str(e["msg"]), "input": e.get("input")} for e in error.errors]
    return problem("invalid-request", _("Some fields of the request cannot be used."), errors=errors)


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    cause = error.__cause__
    if isinstance(cause, Problem):  # a Problem of the body's parser, which ninja wraps
        return cast(HttpResponse, to_problem(request, cause))
    if isinstance(error, AuthenticationError):
        return cast(HttpResponse, to_problem(request, error))
    if isinstance(error, Throttled):
        return problem("too-many", _("Too many requests; wait a little."), retry_after=error.wait or 1)
    return problem("problem", str(error), status=error.status_code)


def unforeseen(request: HttpRequest, error: Exception) -> HttpResponse:
    """An exception as a problem; one without a document of its own is logged and told as "internal"."""
    found = to_problem(request, error)
    if found is not None:
        return found
    # As Django does it: tests and monitors listen to this signal.
    got_request_exception.send(sender=None, request=request)
    log.exception("%s %s", request.method, request.path, exc_info=error)
    return problem("internal", _("The studio made an error. It is in the server's log."))


def install(api: NinjaAPI) -> None:
    """Make every error of this API a problem document."""
    handlers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        ValidationError: _validation,
        HttpError: _http,
        Exception: unforeseen,
        Http404: unforeseen,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def _checked(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if response.status_code == 405 and response.headers.get("Content-Type") != CONTENT_TYPE:
        wrong = problem("method", _("%(method)s cannot be used here.") % {"method": request.method})
        wrong.headers["Allow"] = response.headers.get("Allow", "")
        return wrong
    return response


View = Callable[..., HttpResponseBase | Awaitable[HttpResponseBase]]


def as_problems(view: View) -> View:
    """A view whose errors are problem documents, wherever they arise; for views outside ninja's care too."""
    if iscoroutinefunction(view):

        @wraps(view)
        async def waiting(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return _checked(
                    request, await cast(Awaitable[HttpResponseBase], view(request, *args, **kwargs))
                )
            except Exception as error:
                return unforeseen(request, error)

        waiting.csrf_exempt = getattr(view, "csrf_exempt", False)  # type: ignore[attr-defined]
        return waiting

    @wraps(view)
    def plain(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return _checked(request, cast(HttpResponseBase, view(request, *args, **kwargs)))
        except Exception as error:
            return unforeseen(request, error)

    plain.csrf_exempt = getattr(view, "csrf_exempt", False)  # type: ignore[attr-defined]
    return plain


@csrf_exempt  # there is nothing to forge
def nothing_here(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """404 for every address below the API that is none."""
    return problem("not-found", _("The API has no address %(path)s.") % {"path": request.path})

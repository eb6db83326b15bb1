"""Errors in OpenAI's shape, and the frame of every view of this door."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from pydantic import BaseModel, ConfigDict, ValidationError

from studio.api import JsonParser
from studio.api_errors import unforeseen
from studio.problems import from_pydantic
from studio.teams.auth import actor_for
from studio.teams.rights import Actor

KINDS = {
    400: "invalid_request_error",
    401: "invalid_request_error",
    403: "permission_error",
    404: "invalid_request_error",
    409: "invalid_request_error",
    413: "invalid_request_error",
    415: "invalid_request_error",
    422: "invalid_request_error",
    429: "rate_limit_error",
    503: "server_error",
}
CODES = {
    "model-not-installed": "model_not_found",
    "unauthenticated": "invalid_api_key",
    "not-found": "not_found",
}
STATUS = {"model-not-installed": 404}
"""Problems that OpenAI's clients know by another status than ours."""

B = TypeVar("B", bound=BaseModel)


class Ask(BaseModel):
    """Base of what this door takes: fields that the studio does not know are ignored, as clients expect."""

    model_config = ConfigDict(extra="ignore")


class Wrong(Exception):
    """A request that this door refuses by itself, with the field that it is about."""

    def __init__(
        self, message: str, *, param: str | None = None, code: str | None = None, status: int = 400
    ) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.code = code
        self.status = status


def body_of(
    message: str, *, status: int, param: str | None = None, code: str | None = None
) -> dict[str, Any]:
    """`{"error": {message, type, param, code}}`."""
    kind = KINDS.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def answer(message: str, *, status: int, param: str | None = None, code: str | None = None) -> JsonResponse:
    return JsonResponse(body_of(message, status=status, param=param, code=code), status=status)


def of_problem(document: dict[str, Any], status: int) -> JsonResponse:
    """A problem document, as the rest of the API has them, in OpenAI's shape."""
    kind = str(document["type"]).rpartition("/")[2]
    errors = document.get("errors") or []
    place = errors[0]["loc"] if errors else []
    status = STATUS.get(kind, 400 if status == 422 else status)
    param = ".".join(str(part) for part in place) or None
    return answer(
        document["detail"], status=status, param=param, code=CODES.get(kind, kind.replace("-", "_"))
    )


def error_response(request: HttpRequest, error: Exception) -> HttpResponse:
    """Any exception as an answer of this door; what is unforeseen is logged."""
    if isinstance(error, Wrong):
        return answer(error.message, status=error.status, param=error.param, code=error.code)
    response = unforeseen(request, error)
    translated = of_problem(json.loads(response.content), response.status_code)
    for name in ("Retry-After", "WWW-Authenticate"):
        if name in response.headers:
            translated.headers[name] = response.headers[name]
    return translated


def read(request: HttpRequest, kind: type[B]) -> B:
    """The request's JSON body as `kind`; Problem or Wrong say what is wrong with it."""
    return _as(kind, JsonParser().parse_body(request) if request.body else {})


def read_form(request: HttpRequest, kind: type[B]) -> B:
    """The fields of a form as `kind`; Wrong says what is wrong with them."""
    return _as(kind, request.POST.dict())


def _as(kind: type[B], found: Any) -> B:
    try:
        return kind.model_validate(found)
    except ValidationError as invalid:
        first = from_pydantic(invalid.errors(include_url=False))[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Wrong(f"{place}: {first['msg']}", param=place or None) from None


View = Callable[..., Coroutine[Any, Any, HttpResponseBase]]


def door(*methods: str) -> Callable[[View], View]:
    """A view of this door: `(request, actor, **path)`, for these methods, its errors in OpenAI's shape."""

    def wrap(view: View) -> View:
        @csrf_exempt  # the session's CSRF check is in `actor_for`; a Bearer token needs none
        @wraps(view)
        async def run(request: HttpRequest, **path: Any) -> HttpResponseBase:
            if request.method not in methods:
                refused = answer(
                    _("This address takes %(methods)s.") % {"methods": ", ".join(methods)}, status=405
                )
                refused.headers["Allow"] = ", ".join(methods)
                return refused
            try:
                actor: Actor = await sync_to_async(actor_for)(request)
                return await view(request, actor, **path)
            except Exception as error:
                return await sync_to_async(error_response)(request, error)

        return run

    return wrap


@csrf_exempt  # there is nothing to forge; a POST to what is not there gets its words, not the page of a missing cookie
async def nothing_here(request: HttpRequest, **path: Any) -> HttpResponseBase:
    """404 for every address below /v1/ that is none."""
    return answer(_("There is no %(path)s here.") % {"path": request.path}, status=404, code="not_found")

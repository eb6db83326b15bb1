"""One JSON object a line, with the request and the job that it is about, and never a secret.

{"at", "level", "logger", "message", "request", "job", "error"}, empty ones left out. `request` is the X-Request-ID that the
answer carries, too; a caller may bring its own. Bodies, search words, prompts and file names are not logged at all: of
a request the route is told, not the address. What is secret by its shape is blotted out, whoever logs it.
"""

from __future__ import annotations

import json
import logging
import re
import time
import traceback
import uuid
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from studio.middleware import Both

request_id: ContextVar[str] = ContextVar("request_id", default="")
job_id: ContextVar[str] = ContextVar("job_id", default="")
log = logging.getLogger(__name__)

HEADER = "X-Request-ID"
GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
QUIET = frozenset({"healthz", "readyz", "metrics"})  # asked all the time: no line each
LONGEST = 20_000  # characters of one message or traceback
BLOT = "‹secret›"
_SECRETS = [
    (re.compile(r"(?i)\b(bearer|basic)\s+[^\s\"',]+"), rf"\1 {BLOT}"),
    (re.compile(r"\bst_[A-Za-z0-9_-]{8,}"), BLOT),
    (re.compile(r"/(signin|join|reset|s)/[^\s/\"'?]{8,}(/[^\s/\"'?]{8,})?"), rf"/\1/{BLOT}"),
    (re.compile(r"/reset/[^\s/\"'?]+/[^\s/\"'?]+"), f"/reset/{BLOT}"),
    (
        re.compile(
            r"(?i)\b([\w-]*(?:password|passwd|secret|token|sessionid|api[_-]?key)[\w-]*[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;}]+"
        ),
        rf"\1{BLOT}",
    ),
    (re.compile(r"://[^/\s:@]*:[^/\s@]+@"), f"://{BLOT}@"),
]


def without_secrets(text: str) -> str:
    """Tokens, sign-in links, passwords and addresses with a password, blotted out."""
    for shape, instead in _SECRETS:
        text = shape.sub(instead, text)
    return text


class JsonLine(logging.Formatter):
    """See the module."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_secrets(record.getMessage())[:LONGEST],
        }
        for name, value in (("request", request_id.get()), ("job", job_id.get())):
            if value:
                line[name] = value
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = without_secrets(_told(record.exc_info[1]))[-LONGEST:]
        return json.dumps(line, ensure_ascii=False, default=str)


class PlainLine(logging.Formatter):
    """The same for eyes (STUDIO_LOG_FORMAT=line)."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


def _told(error: BaseException | None) -> str:
    """The traceback. Of errors that repeat what somebody typed (pydantic's do) only the kind and the place are told."""
    if error is None:
        return ""
    from pydantic import ValidationError

    if isinstance(error, ValidationError):
        places = [
            ".".join(map(str, one["loc"])) for one in error.errors(include_input=False, include_url=False)
        ]
        frames = "".join(traceback.format_tb(error.__traceback__))
        return f"{frames}{type(error).__name__}: {', '.join(places)}"
    return "".join(traceback.format_exception(error))


@contextmanager
def about_job(job: uuid.UUID | str) -> Iterator[None]:
    """What is logged within is about this job."""
    token: Token[str] = job_id.set(str(job))
    try:
        yield
    finally:
        job_id.reset(token)


class RequestLog(Both):
    """Gives each request an id, which its answer and its log lines carry, and logs one line when it is answered."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        given = request.headers.get(HEADER, "")
        name = given if GIVEN.fullmatch(given) else uuid.uuid4().hex
        request.META["studio.request_id"] = name
        request.META["studio.began"] = time.monotonic()
        token = request_id.set(name)
        response = super().__call__(request)
        if isinstance(response, HttpResponseBase):
            request_id.reset(token)
        return response

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        from studio.metrics import count_request

        response.headers[HEADER] = request.META["studio.request_id"]
        match = request.resolver_match
        route = match.route if match is not None else "none"
        seconds = time.monotonic() - request.META["studio.began"]
        count_request(request.method or "", response.status_code, seconds)
        if route not in QUIET and match is not None:
            facts = {"status": response.status_code, "ms": round(seconds * 1000, 1)}
            log.info("%s /%s", request.method, route, extra={"facts": facts})
        return response

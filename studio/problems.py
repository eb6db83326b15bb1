"""What can go wrong with a request, as RFC 9457 problems: a stable type, and words that say the way out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Self

SHOWN_INPUT = 200  # characters of a refused input that are repeated to the person


class Problem(Exception):
    """`type` is stable and documented at /problems/<type>; `detail` is one or two plain sentences."""

    type = "problem"
    title = "That did not work"
    status = 400

    def __init__(
        self,
        detail: str,
        *,
        errors: Sequence[dict[str, Any]] = (),
        retry_after: int | None = None,
        type: str | None = None,
        title: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = list(errors)
        self.retry_after = retry_after
        if type is not None:
            self.type = type
        if title is not None:
            self.title = title

    def as_dict(self) -> dict[str, Any]:
        """The problem document."""
        body: dict[str, Any] = {
            "type": f"/problems/{self.type}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            body["errors"] = self.errors
        return body


class InvalidInputs(Problem):
    """Inputs that the tool refuses. errors: [{loc: [field, …], msg, input}]."""

    type = "invalid-inputs"
    title = "Some inputs cannot be used"
    status = 422

    @classmethod
    def at(cls, field: str, why: str, given: object = None) -> Self:
        """One input that is refused, with what was given."""
        return cls(why, errors=[{"loc": [field], "msg": why, "input": shown(given)}])


class UnknownTool(Problem):
    type = "unknown-tool"
    title = "There is no such tool"
    status = 422


class ModelUnavailable(Problem):
    type = "model-not-installed"
    title = "That model is not here"
    status = 422


class NoNode(Problem):
    type = "no-node-could"
    title = "No node could ever run this"
    status = 422


class Refused(Problem):
    type = "refused-by-policy"
    title = "The rules do not allow that"
    status = 422


class NotFound(Problem):
    type = "not-found"
    title = "Not there"
    status = 404


class Conflict(Problem):
    type = "conflict"
    title = "That was asked before, differently"
    status = 409


class TooLarge(Problem):
    type = "too-large"
    title = "Too large"
    status = 413


class Unsupported(Problem):
    type = "unsupported"
    title = "That kind of file cannot be read"
    status = 415


class Busy(Problem):
    type = "busy"
    title = "Busy"
    status = 503


class QuotaReached(Problem):
    type = "quota"
    title = "The team's quota is used up"
    status = 429


class StorageFull(Problem):
    type = "storage-full"
    title = "The disk is full"
    status = 503


def shown(value: Any, most: int = SHOWN_INPUT) -> Any:
    """An input as it is repeated in an error: short, and JSON-able."""
    if isinstance(value, bool | int) or value is None or (isinstance(value, float) and math.isfinite(value)):
        return value
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= most else text[:most] + "…"


def from_pydantic(errors: Sequence[Any]) -> list[dict[str, Any]]:
    """Pydantic's error list as a problem's `errors`."""
    return [
        {"loc": list(error["loc"]), "msg": str(error["msg"]), "input": shown(error.get("input"))}
        for error in errors
    ]

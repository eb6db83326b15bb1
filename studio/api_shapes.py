"""Shapes that the calls share: bodies, answers, and lists.

Lists are keyset pages, newest first by an id that sorts by time, so a page never shifts while things come.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from django.db.models import Model, QuerySet
from ninja import Query
from pydantic import BaseModel, ConfigDict, WithJsonSchema

LIMIT = 50
MOST = 200

M = TypeVar("M", bound=Model)
T = TypeVar("T")

Cursor = Annotated[uuid.UUID | None, Query(description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many at most")]
TeamFilter = Annotated[uuid.UUID | None, Query(description="Only this team's; without it, all of yours")]

When = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
"""A moment that is text already (RFC 3339, UTC): it goes out as it is, alike in every call."""


class Out(BaseModel):
    """Base of what the API answers with. Fields may be added over time, never renamed or taken away."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())


class Body(BaseModel):
    """Base of what the API takes: unknown fields are refused, so a misspelt one is not overlooked."""

    model_config = ConfigDict(extra="forbid")


class Listed(BaseModel, Generic[T]):
    """A page of a list; `next` is the cursor to ask with for the one after, null at the end."""

    items: list[T]
    next: str | None = None


@dataclass(frozen=True)
class Page(Generic[M]):
    """`rows` of one page; `next` is the cursor of the one after, or None at the end."""

    rows: list[M]
    next: str | None


def page(rows: QuerySet[M], *, cursor: uuid.UUID | None = None, limit: int = LIMIT) -> Page[M]:
    """One page of `rows`, newest first by primary key (a UUIDv7); `limit` is 1 to 200."""
    limit = max(1, min(limit, MOST))
    if cursor is not None:
        rows = rows.filter(pk__lt=cursor)
    found = list(rows.order_by("-pk")[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    return Page(found, str(found[-1].pk) if more else None)

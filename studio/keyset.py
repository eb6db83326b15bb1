"""Keyset pages: newest first by an id that sorts by time, so a page never shifts while things are added."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from pydantic import BaseModel

LIMIT = 50
MOST = 200

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    """`rows` of one page; `next` is the cursor of the one after, or None at the end."""

    rows: list[M]
    next: str | None


class ListOut(BaseModel):
    """A page of a list; `next` is the cursor to ask with for the one after, null at the end."""

    items: list[Any]
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

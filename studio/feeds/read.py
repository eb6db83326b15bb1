"""Reading a feed: "events after n"."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from studio.feeds.models import Event

PAGE = 500  # events read at once


class Entry(dict[str, Any]):
    """An event as readers get it: {n, kind, at, attempt, …data}."""

    @cached_property
    def text(self) -> str:
        """Its JSON, put together once for all who read it."""
        return json.dumps(self)


def entry_of(event: Event) -> Entry:
    head = {"n": event.n, "kind": event.kind, "at": event.at.isoformat(), "attempt": event.attempt}
    return Entry(head | event.data)


def after(feed: str, n: int, limit: int = PAGE) -> list[Entry]:
    """Entries n+1, n+2, … of a feed, at most `limit`, in order."""
    return [entry_of(event) for event in Event.objects.filter(feed=feed, n__gt=n).order_by("n")[:limit]]


def oldest(feed: str) -> int | None:
    """The number of the oldest entry that is kept, or None where there is none."""
    return Event.objects.filter(feed=feed).order_by("n").values_list("n", flat=True).first()


def last(feed: str) -> int:
    """The number of the newest entry; 0 for an empty feed."""
    return Event.objects.filter(feed=feed).order_by("-n").values_list("n", flat=True).first() or 0

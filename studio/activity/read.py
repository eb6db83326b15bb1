"""The activity of a team, page by page: deeds of an hour that are alike are told as one.

Hours are the clock's, so what belongs together does not depend on where a page ends: a line's number is the same on
whichever page it stands. A page reads a few hundred rows of each kind; an hour in which more happened is read whole.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from studio.activity.deeds import Deed, Look, Source, Span, sources

HOUR = 3_600_000
CHUNK = 400
ROUNDS = (
    8  # how often a page reads on; in a team that does one thing all day it may be shorter than asked for
)
SHOWN = 4  # deeds of a group that are named


@dataclass
class Group:
    """Deeds of one hour that are told as one; `newest` first, of the rest the first few."""

    newest: Deed
    n: int = 0
    deeds: list[Deed] = field(default_factory=list)

    @property
    def key(self) -> tuple[int, uuid.UUID]:
        return self.newest.ms, self.newest.id

    def add(self, deed: Deed) -> None:
        self.n += 1
        if len(self.deeds) < SHOWN:
            self.deeds.append(deed)


@dataclass(frozen=True)
class Cursor:
    """The last group that was told. As text: its milliseconds and id."""

    ms: int
    id: uuid.UUID

    @staticmethod
    def of(text: str) -> Cursor | None:
        """None for what is none."""
        ms, _, id = text.partition("-")
        try:
            cursor = Cursor(int(ms), uuid.UUID(id))
        except ValueError:
            return None
        return cursor if 0 <= cursor.ms < 1 << 48 else None

    def __str__(self) -> str:
        return f"{self.ms}-{self.id}"


def page(look: Look, cursor: Cursor | None, limit: int) -> tuple[list[Group], Cursor | None]:
    """At most `limit` groups after the cursor, newest first, and the cursor of the page after, None at the end."""
    end = _hour(cursor.ms) + HOUR if cursor else None
    wanted = sources(look)
    found: list[Group] = []
    more = True
    for _round in range(ROUNDS):
        deeds, low = _read(look, wanted, end)
        groups = fold(deeds)
        found += [group for group in groups if cursor is None or group.key < (cursor.ms, cursor.id)]
        more, end = low > 0, low
        if not more or len(found) > limit:
            break
    told = found[:limit]
    more = more or len(found) > limit
    return told, Cursor(*told[-1].key) if told and more else None


def fold(deeds: Iterable[Deed]) -> list[Group]:
    """Groups of deeds, newest first."""
    groups: dict[tuple[object, ...], Group] = {}
    for deed in sorted(deeds, key=lambda deed: (deed.ms, deed.id), reverse=True):
        same = (_hour(deed.ms), deed.kind, deed.who, deed.fold)
        groups.setdefault(same, Group(deed)).add(deed)
    return list(groups.values())


def _read(look: Look, wanted: list[Source], end: int | None) -> tuple[list[Deed], int]:
    """Every deed of some whole hours before `end`, and where they begin; 0: there is nothing earlier."""
    low = 0
    found: list[Deed] = []
    for source in wanted:
        deeds = list(source(look, Span(end=end, limit=CHUNK)))
        if len(deeds) == CHUNK:
            newest, oldest = _hour(deeds[0].ms), _hour(deeds[-1].ms)
            if newest == oldest:  # all of one hour, and perhaps not all of it
                deeds = list(source(look, Span(newest, newest + HOUR)))
                low = max(low, newest)
            else:
                low = max(low, oldest + HOUR)
        found += deeds
    return [deed for deed in found if deed.ms >= low], low


def _hour(ms: int) -> int:
    return ms - ms % HOUR

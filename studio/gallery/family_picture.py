"""The family as a picture: who stands in which column and row, and the lines between them.

Columns are lists of tiles of one size, each list in the middle of the height, so the page needs no places but its own flow;
the lines are drawn in the same unit (1 rem) and so fit at any size of the letters. The sizes stand in pages-family.css too.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from generators.registry import tools
from studio.gallery.family import MASK, REVISION, Family, Link
from studio.gallery.models import Asset, Medium
from studio.gallery.templatetags.gallery import clock, label_of

WIDTH, HEIGHT = 7.5, 7.25
PICTURE = 4.75  # of a tile's height; the rest are its words
ACROSS, BETWEEN = 3.0, 0.75
TOP = 1.0  # room above, for lines that pass over a column


@dataclass(frozen=True)
class Tile:
    """One relative as it is drawn; `relation` says what it is to the next one towards the asset."""

    asset: Asset
    relation: str
    itself: bool


@dataclass(frozen=True)
class Line:
    """An SVG path; near: it touches the asset itself."""

    path: str
    near: bool


@dataclass(frozen=True)
class Picture:
    columns: list[list[Tile]]
    lines: list[Line]
    width: float
    height: float

    @property
    def box(self) -> str:
        """The SVG's viewBox; like its sides, with a point in any language."""
        return f"0 0 {self.width:g} {self.height:g}"

    @property
    def sides(self) -> tuple[str, str]:
        return f"{self.width:g}rem", f"{self.height:g}rem"


def picture_of(family: Family) -> Picture:
    """Where everybody stands."""
    columns = _columns(family)
    tallest = max(len(column) for column in columns)
    height = TOP + tallest * (HEIGHT + BETWEEN) - BETWEEN
    place: dict[uuid.UUID, tuple[int, float]] = {}
    tops: list[float] = []
    for at, column in enumerate(columns):
        top = TOP + (height - TOP - len(column) * (HEIGHT + BETWEEN) + BETWEEN) / 2
        tops.append(top)
        for row, key in enumerate(column):
            place[key] = (at, top + row * (HEIGHT + BETWEEN) + PICTURE / 2)
    lines = [
        Line(_path(place[link.parent], place[link.child], tops), family.asset.pk in (link.parent, link.child))
        for link in _once(family.links)
    ]
    return Picture(
        columns=[[_tile(family, key) for key in column] for column in columns],
        lines=sorted(lines, key=lambda line: line.near),
        width=len(columns) * (WIDTH + ACROSS) - ACROSS,
        height=height,
    )


def _columns(family: Family) -> list[list[uuid.UUID]]:
    """Keys by generation, each beside those it is linked to, so that few lines cross."""
    by_generation: dict[int, list[uuid.UUID]] = defaultdict(list)
    for key, member in family.members.items():
        by_generation[member.generation].append(key)
    linked: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for link in family.links:
        linked[link.parent].append(link.child)
        linked[link.child].append(link.parent)
    height: dict[uuid.UUID, float] = {family.asset.pk: 0.0}
    for generation in sorted(by_generation, key=abs):  # outwards from the asset

        def wish(key: uuid.UUID) -> tuple[float, int]:
            near = [height[other] for other in linked[key] if other in height]
            return (sum(near) / len(near) if near else 0.0, key.int)

        column = sorted(by_generation[generation], key=wish)
        by_generation[generation] = column
        for row, key in enumerate(column):
            height[key] = row - (len(column) - 1) / 2
    return [by_generation[generation] for generation in sorted(by_generation)]


def _once(links: list[Link]) -> list[Link]:
    """One line between two, however many parts the one played in the other."""
    return list({(link.parent, link.child): link for link in links}.values())


def _path(start: tuple[int, float], end: tuple[int, float], tops: list[float]) -> str:
    """From the right edge of one picture to the left edge of the other; over the columns between."""
    (first, y1), (last, y2) = start, end
    x1 = first * (WIDTH + ACROSS) + WIDTH
    x2 = last * (WIDTH + ACROSS)
    bend = ACROSS / 2
    if last - first == 1:
        return f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"
    over = min(tops[first + 1 : last]) - TOP / 2
    xa, xb = x1 + ACROSS, x2 - ACROSS
    return (
        f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {xa - bend:g} {over:g} {xa:g} {over:g}"
        f"H{xb:g}C{xb + bend:g} {over:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"
    )


def _tile(family: Family, key: uuid.UUID) -> Tile:
    member = family.members[key]
    itself = key == family.asset.pk
    return Tile(member.asset, "" if itself else _relation(family, key), itself)


def _relation(family: Family, key: uuid.UUID) -> str:
    """What this relative is to the next one towards the asset."""
    member = family.members[key]
    above = member.generation < 0
    links = [link for link in family.links if (link.parent if above else link.child) == key]
    direct = [link for link in links if family.asset.pk in (link.parent, link.child)]
    roles = list(dict.fromkeys(link.role for link in direct or links))
    if above:
        words = {REVISION: _("earlier revision"), MASK: _("mask")}
        return ", ".join(words.get(role) or label_of(role).lower() for role in roles)
    asset = member.asset
    known = tools().get(asset.tool)
    word = _("revision") if REVISION in roles or known is None else _(known.title)
    return ", ".join(part for part in (word, _extent(asset)) if part)


def _extent(asset: Asset) -> str:
    if asset.medium == Medium.IMAGE and asset.width and asset.height:
        return f"{asset.width} × {asset.height}"
    return clock(asset.duration_s)


def family_json(family: Family) -> dict[str, Any]:
    """As the API tells it."""
    from studio.gallery.json import thumbnail_url
    from studio.gallery.templatetags.gallery import name_of

    return {
        "asset": str(family.asset.pk),
        "members": [
            {
                "id": str(key),
                "generation": member.generation,
                "medium": member.asset.medium,
                "name": name_of(member.asset),
                "tool": member.asset.tool or None,
                "thumbnail": thumbnail_url(member.asset),
                "deleted": member.asset.deleted_at is not None,
            }
            for key, member in sorted(
                family.members.items(), key=lambda item: (item[1].generation, item[0].int)
            )
        ],
        "links": [
            {"parent": str(link.parent), "child": str(link.child), "role": link.role} for link in family.links
        ],
        "more": {"above": family.more_above, "below": family.more_below},
    }

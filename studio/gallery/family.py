"""The family of an asset: what it was made from and what was made from it, a few steps each way."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from studio.gallery.actions import light, visible
from studio.gallery.models import Asset, Lineage
from studio.gallery.templatetags.gallery import label_of, name_of
from studio.teams.rights import Actor

STEPS = 3
MOST = 40
MOST_ABOVE = 16
LINKS = 400  # of one step at most that are looked at
REVISION = "parent"
MASK = "mask"


@dataclass(frozen=True)
class Link:
    """`child` was made from `parent`; role: "parent" for a revision, else the input that named it."""

    parent: uuid.UUID
    child: uuid.UUID
    role: str


@dataclass
class Member:
    """A relative, and how many generations above (−) or below (+) the asset it stands."""

    asset: Asset
    generation: int = 0


@dataclass
class Family:
    """`members` holds the asset itself too. more_above, more_below: relatives beyond those shown, at least so many."""

    asset: Asset
    members: dict[uuid.UUID, Member]
    links: list[Link] = field(default_factory=list)
    more_above: int = 0
    more_below: int = 0

    @property
    def relatives(self) -> list[Member]:
        """All but the asset itself: parents first, the nearest first."""
        others = [member for key, member in self.members.items() if key != self.asset.pk]
        return sorted(others, key=lambda member: (member.generation > 0, abs(member.generation)))

    @property
    def sentences(self) -> list[str]:
        """Every link in words."""
        return [in_words(link, self.members) for link in self.links]


def in_words(link: Link, members: dict[uuid.UUID, Member]) -> str:
    """A link as a sentence: “Boat 2” is a revision of “Boat”."""
    names = {
        "child": name_of(members[link.child].asset),
        "parent": name_of(members[link.parent].asset),
        "role": label_of(link.role).lower(),
    }
    if link.role == REVISION:
        return _("“%(child)s” is a revision of “%(parent)s”.") % names
    if link.role == MASK:
        return _("“%(parent)s” is the mask of “%(child)s”.") % names
    return _("“%(child)s” was made from “%(parent)s” (%(role)s).") % names


def family_of(actor: Actor, asset: Asset, *, steps: int = STEPS, most: int = MOST) -> Family:
    """The asset's ancestors and descendants that this actor may see, `steps` each way and `most` in all.

    Behind a relative that they may not see nothing is told either.
    """
    family = Family(asset, {asset.pk: Member(asset)})
    family.more_above = _walk(actor, family, steps, min(most, MOST_ABOVE), above=True)
    family.more_below = _walk(actor, family, steps, most, above=False)
    family.links = [
        Link(link.parent_id, link.child_id, link.role)
        for link in Lineage.objects.filter(child__in=family.members, parent__in=family.members).order_by("pk")
    ]
    _settle(family)
    return family


def _walk(actor: Actor, family: Family, steps: int, most: int, *, above: bool) -> int:
    """Add relatives of one direction, nearest and then newest first; gives how many were seen and left off."""
    near, far = ("child", "parent") if above else ("parent", "child")
    frontier: Collection[uuid.UUID] = [family.asset.pk]
    left_off: set[uuid.UUID] = set()
    for step in range(1, steps + 2):  # one more than is shown: what it finds is counted
        if not frontier:
            break
        links = Lineage.objects.filter(**{f"{near}__in": frontier}).order_by("-pk")
        keys = dict.fromkeys(links.values_list(f"{far}_id", flat=True)[:LINKS])
        # By their keys: as a subquery, SQLite would go through every asset of the team.
        new = [key for key in keys if key not in family.members]
        seen = light(visible(actor).filter(pk__in=new)).in_bulk() if new else {}
        found = [seen[key] for key in new if key in seen]
        room = most - len(family.members) if step <= steps else 0
        for asset in found[: max(0, room)]:
            family.members[asset.pk] = Member(asset, -step if above else step)
        left_off |= {asset.pk for asset in found[max(0, room) :]}
        frontier = [asset.pk for asset in found[: max(0, room)]]
    return len(left_off - family.members.keys())


def _settle(family: Family) -> None:
    """Let each stand further off than everything between it and the asset, so that all lines go one way."""
    members = family.members
    for _round in range(len(members)):
        changed = False
        for link in family.links:
            parent, child = members[link.parent], members[link.child]
            if child.generation <= 0 and parent.generation < 0 and parent.generation >= child.generation:
                parent.generation, changed = child.generation - 1, True
            elif parent.generation >= 0 and child.generation > 0 and child.generation <= parent.generation:
                child.generation, changed = parent.generation + 1, True
        if not changed:
            return

"""What the asset's page shows of its relatives: family, revisions, and what changed from one to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from studio.gallery.family import REVISION, Family, family_of
from studio.gallery.family_picture import picture_of
from studio.gallery.inputs import inputs_of
from studio.gallery.models import Asset
from studio.gallery.revisions import before, revisions_of
from studio.gallery.templatetags.gallery import name_of
from studio.gallery.texts import compared, editable
from studio.teams.rights import Actor


@dataclass(frozen=True)
class Revision:
    """One of a stack; number: its place in it, from 1."""

    asset: Asset
    number: int
    itself: bool


def numbered(asset: Asset, revisions: list[Asset]) -> list[Revision]:
    return [Revision(each, at, each.pk == asset.pk) for at, each in enumerate(revisions, 1)]


def relatives(actor: Actor, asset: Asset) -> dict[str, Any]:
    """The page's context: inputs, family and its picture, revisions, and the relative it is compared with at first."""
    family = family_of(actor, asset)
    stack = revisions_of(actor, asset)
    previous = before(asset, stack) or (stack[1] if len(stack) > 1 else None)
    others = _others(family, stack, asset)
    other = _first(family, previous, others)
    return {
        "inputs": inputs_of(actor, asset),
        "family": family,
        "picture": picture_of(family) if len(family.members) > 1 else None,
        "revisions": numbered(asset, stack) if len(stack) > 1 else [],
        "revision": next((each.number for each in numbered(asset, stack) if each.itself), 1),
        "previous": previous,
        "others": others,
        "other": other,
        "difference": compared(other, asset) if other else None,
        "may_write": editable(actor, asset),
    }


def _others(family: Family, stack: list[Asset], asset: Asset) -> list[dict[str, Any]]:
    """Whom it can be compared with, each once: its stack, then the rest of the family."""
    numbers = {each.asset.pk: each.number for each in numbered(asset, stack)}
    found: dict[Any, dict[str, Any]] = {}
    for each in [*reversed(stack), *(member.asset for member in family.relatives)]:
        if each.pk != asset.pk and each.pk not in found:
            words = name_of(each)
            if each.pk in numbers:
                words = _("Revision %(n)s: %(name)s") % {"n": numbers[each.pk], "name": words}
            found[each.pk] = {"asset": each, "words": words}
    return list(found.values())


def _first(family: Family, previous: Asset | None, others: list[dict[str, Any]]) -> Asset | None:
    """Its own parent in the stack where it has one, else the revision before it, else any relative."""
    for link in family.links:
        if link.child == family.asset.pk and link.role == REVISION:
            return family.members[link.parent].asset
    return previous or (others[0]["asset"] if others else None)

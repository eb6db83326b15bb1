"""The revisions of an asset: the stack that it belongs to, oldest first."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from studio.gallery.actions import light, visible
from studio.gallery.models import Asset
from studio.teams.rights import Actor

MOST = 60


def revisions_of(actor: Actor, asset: Asset) -> list[Asset]:
    """The asset's stack as this actor may see it, without what is in the bin: the newest 60, and always the asset.

    Of a listed asset what is unlisted in its stack (a mask, say) is no revision.
    """
    shown = {"listed": True} if asset.listed else {}
    rows = visible(actor).filter(stack=asset.stack, deleted_at=None, **shown).select_related("author")
    found: dict[uuid.UUID, Asset] = {each.pk: each for each in light(rows).order_by("-pk")[:MOST]}
    found.setdefault(asset.pk, asset)
    return [found[key] for key in sorted(found, key=lambda key: key.int)]


def before(asset: Asset, revisions: Iterable[Asset]) -> Asset | None:
    """The one before it in its stack."""
    earlier = [each for each in revisions if each.pk.int < asset.pk.int]
    return earlier[-1] if earlier else None

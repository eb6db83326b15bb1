"""Stacks: an asset and its revisions fold into one tile, the newest that the gallery shows.

`Asset.stack` is the first of the chain; `Asset.top` marks the one that stands for all, so that the folded gallery is a
walk along an index of those alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from django.db.models import Count
from django.utils.translation import gettext as _

from studio.gallery.models import Asset
from studio.problems import Conflict

REVISION = "parent"  # the role of a parent that the child is a revision of


def stack_of(asset: Asset, links: Sequence[tuple[Asset, str]]) -> uuid.UUID:
    """The stack of a new asset with these parents: that of the first which it is a revision of, else its own.

    A revision in another medium or another team begins a stack of its own.
    """
    for parent, role in links:
        if role == REVISION and parent.team_id == asset.team_id and parent.medium == asset.medium:
            stack: uuid.UUID = parent.stack
            return stack
    return asset.pk


def require_unlocked(parent: Asset) -> None:
    """Conflict where the parent's stack is approved: nobody begins a revision of it. One that was begun before is kept."""
    if Asset.objects.filter(stack=parent.stack, review_state="approved", deleted_at=None).exists():
        raise Conflict(
            _("This is approved, and so locked for revisions. A manager can unlock it in its review.")
        )


def restack(stacks: Iterable[uuid.UUID]) -> None:
    """Mark the newest shown of each stack, and no other. Call it in the transaction that changed what is shown."""
    which = sorted(set(stacks))
    # Two who change a stack at once: the second waits for the first, and sees what it did.
    list(Asset.objects.select_for_update().filter(pk__in=which).order_by("pk").values_list("pk"))
    shown = Asset.objects.filter(stack__in=which, listed=True, deleted_at=None)
    newest = dict(shown.order_by("pk").values_list("stack", "pk"))
    ids = list(newest.values())
    Asset.objects.filter(stack__in=newest, top=True).exclude(pk__in=ids).update(top=False)
    Asset.objects.filter(pk__in=ids, top=False).update(top=True)


def sizes(assets: Sequence[Asset]) -> dict[uuid.UUID, int]:
    """How many the gallery shows of each of these assets' stacks, where it is more than one."""
    counted = (
        Asset.objects.filter(stack__in={asset.stack for asset in assets}, listed=True, deleted_at=None)
        .values_list("stack")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
    )
    return dict(counted)

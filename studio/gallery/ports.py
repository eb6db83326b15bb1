"""What the gallery tells apps above it, which it may not import. They plug themselves in when they start."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from studio.gallery.models import Asset
from studio.gallery.stacks import REVISION

Revised = Callable[[Asset, Asset], None]
"""(parent, revision), in the transaction that stores the revision; it may raise, and nothing is kept."""

_revised: list[Revised] = []


def when_revised(call: Revised) -> None:
    """Hear of every new revision. Called once by each app that wants to."""
    if call not in _revised:
        _revised.append(call)


def revised(asset: Asset, links: Sequence[tuple[Asset, str]]) -> None:
    """Tell who wants to hear of it that this new asset is a revision of some of its parents."""
    for parent, role in links:
        if role == REVISION:
            for call in _revised:
                call(parent, asset)

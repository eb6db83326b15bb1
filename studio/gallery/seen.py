"""Keeps what pictures look like, so that they are found by colour and by likeness."""

from __future__ import annotations

import io
import math
import time
from collections.abc import Iterable

from django.db import transaction

from studio.gallery import likeness, storage
from studio.gallery.models import Asset, AssetColour, PhashBand

AT_ONCE = 50


def remember(asset: Asset, phash: int | None, colours: Iterable[str]) -> None:
    """Write what the picture of an asset looks like. Call it in a transaction."""
    asset.phash, asset.seen = phash, likeness.VERSION
    Asset.objects.filter(pk=asset.pk).update(phash=phash, seen=likeness.VERSION)
    AssetColour.objects.bulk_create(
        (AssetColour(asset=asset, team_id=asset.team_id, name=name) for name in colours),
        ignore_conflicts=True,
    )
    if phash is not None:
        PhashBand.objects.bulk_create(
            PhashBand(asset=asset, team_id=asset.team_id, key=key) for key in likeness.bands(phash)
        )


def look(end: float = math.inf) -> int:
    """Look at pictures that came before there was this; none is begun after `end` (of the monotonic clock). Gives how
    many. It reads their thumbnails, which the studio has made itself."""
    from PIL import Image

    unseen = Asset.objects.filter(seen=0, thumbnail__isnull=False).order_by("pk")
    done = 0
    for asset in unseen.only("pk", "team_id", "medium", "thumbnail_id")[:AT_ONCE]:
        if time.monotonic() > end:
            break
        looked: tuple[int | None, list[str]] = (None, [])
        if asset.medium in ("image", "video"):
            try:
                with storage.current().open(str(asset.thumbnail_id)) as file:
                    picture = Image.open(io.BytesIO(file.read()), formats=["WEBP"])
                    looked = likeness.looks(picture)
            except (OSError, KeyError):  # a thumbnail that is gone is not looked for again
                looked = (None, [])
        with transaction.atomic():
            # Someone else may have been quicker, or have deleted it meanwhile.
            if Asset.objects.filter(pk=asset.pk, seen=0).update(seen=likeness.VERSION):
                remember(asset, *looked)
        done += 1
    return done

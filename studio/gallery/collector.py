"""Takes away what nobody needs any more: assets and boards after thirty days in the bin, and blobs without an asset."""

from __future__ import annotations

import math
import time
from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from studio.gallery import seen, storage, uploads
from studio.gallery.blobs import take_away
from studio.gallery.models import Asset, Blob, Board, Part

BIN_LIFE = timedelta(days=30)
UNUSED_FOR = timedelta(hours=1)
AT_ONCE = 200


def tidy(seconds: float = 0.5) -> dict[str, int]:
    """Everything here, for about so long, for the sweeper; gives how many of each are gone, and how many pictures it
    has looked at."""
    end = time.monotonic() + seconds
    return {
        "assets": purge(),
        "boards": purge_boards(),
        "uploads": uploads.forget_old(),
        "blobs": collect(end),
        "seen": seen.look(end),
    }


def collect(end: float = math.inf) -> int:
    """One round: at most 200 blobs, none begun after `end` (of the monotonic clock); gives how many are gone.

    Safe at any time, beside any put, in any process.
    """
    store = storage.current()
    store.sweep()
    before = timezone.now() - UNUSED_FOR
    unused = Blob.objects.filter(
        ~Exists(Asset.objects.filter(blob=OuterRef("pk"))),
        ~Exists(Asset.objects.filter(thumbnail=OuterRef("pk"))),
        ~Exists(Asset.objects.filter(preview=OuterRef("pk"))),
        ~Exists(Part.objects.filter(blob=OuterRef("pk"))),
        touched_at__lt=before,
    )
    # What an earlier round marked and did not finish comes along: the condition does not look at the mark.
    gone = 0
    for digest in list(unused.values_list("digest", flat=True)[:AT_ONCE]):
        if time.monotonic() > end:
            break
        # The mark is set on the same condition, in one statement: a put that came in between keeps its blob.
        if unused.filter(digest=digest).update(deleting=True):
            take_away(store, digest)
            gone += 1
    return gone


def purge() -> int:
    """Remove assets that have lain in the bin for thirty days, at most 200 a round; gives how many."""
    before = timezone.now() - BIN_LIFE
    ids = list(
        Asset.objects.filter(deleted_at__lt=before)
        .order_by("deleted_at")
        .values_list("pk", flat=True)[:AT_ONCE]
    )
    if ids:
        Asset.objects.filter(pk__in=ids, deleted_at__lt=before).delete()
    return len(ids)


def purge_boards() -> int:
    """Remove boards that were deleted thirty days ago, at most 200 a round; gives how many. Their assets stay."""
    before = timezone.now() - BIN_LIFE
    ids = list(Board.objects.filter(deleted_at__lt=before).values_list("pk", flat=True)[:AT_ONCE])
    if ids:
        Board.objects.filter(pk__in=ids).delete()
    return len(ids)

"""Takes away what nobody needs any more: assets after thirty days in the bin, and blobs without an asset."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from studio.gallery import storage, uploads
from studio.gallery.blobs import take_away
from studio.gallery.models import Asset, Blob, Part

BIN_LIFE = timedelta(days=30)
UNUSED_FOR = timedelta(hours=1)
AT_ONCE = 200


def tidy() -> dict[str, int]:
    """One round of everything here, for the sweeper, about once a minute; gives how many of each are gone."""
    return {"assets": purge(), "uploads": uploads.forget_old(), "blobs": collect()}


def collect() -> int:
    """One round: at most 200 blobs; gives how many are gone. Safe at any time, beside any put, in any process."""
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

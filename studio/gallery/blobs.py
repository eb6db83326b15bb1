"""Puts files into the storage together with their rows.

The row comes first and is touched in a commit of its own, so the collector, which takes blobs that nothing
points at for an hour, never takes one that is about to be used.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from studio.gallery import storage
from studio.gallery.models import Blob
from studio.gallery.storage import Draft, Storage


def put(*sources: Path) -> list[Blob]:
    """Store files unless they are there; gives their rows, in order, each fresh for an hour.

    Raises StorageFull (nothing is left behind), FileNotFoundError for a source that is gone.
    Call it outside a transaction: a commit that comes later would not hold the collector back.
    """
    store = storage.current()
    drafts: list[Draft] = []
    try:
        drafts.extend(store.draft(source) for source in sources)
        _touch_all(store, drafts)
        for draft in drafts:
            store.place(draft)
    finally:
        for draft in drafts:
            draft.path.unlink(missing_ok=True)
    return [Blob(digest=draft.digest, bytes=draft.bytes) for draft in drafts]


def _touch_all(store: Storage, drafts: Sequence[Draft]) -> None:
    """Make or touch the rows in one commit; those that are being deleted are taken away first."""
    by_digest = {draft.digest: draft for draft in drafts}
    while True:
        now = timezone.now()
        with transaction.atomic():
            Blob.objects.bulk_create(
                [
                    Blob(digest=draft.digest, bytes=draft.bytes, touched_at=now)
                    for draft in by_digest.values()
                ],
                ignore_conflicts=True,
            )
            touched = Blob.objects.filter(digest__in=by_digest, deleting=False).update(touched_at=now)
        if touched == len(by_digest):
            return
        for digest in by_digest:
            take_away(store, digest)


def take_away(store: Storage, digest: str) -> None:
    """Finish the deletion of a blob that is marked `deleting`; waits for whoever is at it."""
    with store.lock(digest):
        # Under the lock nobody stands between mark and unlink, so what is still marked is ours to finish.
        if Blob.objects.filter(digest=digest, deleting=True).exists():
            store.delete(digest)
            Blob.objects.filter(digest=digest, deleting=True).delete()


def hold(blobs: Sequence[Blob]) -> bool:
    """Inside the transaction that will point at these blobs: touch them, so the collector's condition fails.

    False where one is gone or leaving, which takes a put more than an hour ago; then put again.
    """
    wanted = {blob.digest for blob in blobs}
    touched = Blob.objects.filter(digest__in=wanted, deleting=False).update(touched_at=timezone.now())
    return touched == len(wanted)

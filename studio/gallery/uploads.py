"""Files that come in pieces and go on after an interruption (tus 1.0): start, append, forget.

The bytes lie in one file of the scratch folder; its size is the offset, so nothing can disagree with it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
import zipfile
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.gallery import actions
from studio.gallery.models import Asset, Medium, Upload
from studio.gallery.room import ask_room
from studio.problems import Busy, Conflict, InvalidInputs, Problem, StorageFull, TooLarge, Unsupported
from studio.teams.models import Team
from studio.teams.rights import Actor, NotThere, require

LIFE = timedelta(hours=24)
KEEP_FREE = 512 << 20


class Stale(Conflict):
    """The piece begins elsewhere than where the file ends; ask for the offset and go on from there."""

    title = "The piece begins at the wrong place"


def folder() -> Path:
    return Path(settings.SCRATCH) / "uploads"


def path_of(upload: Upload) -> Path:
    return folder() / str(upload.pk)


def start(
    *, actor: Actor, team: Team, length: int, name: str = "", medium: str = "", archive: bool = False
) -> Upload:
    """A place for `length` bytes; archive: a zip, whose files imports.py adds. TooLarge, StorageFull or InvalidInputs where that cannot be."""
    require(actor, "asset.add", team)
    if length < 1 or medium not in ("", *Medium.values):
        raise InvalidInputs(_("An upload has at least one byte, and a medium that there is, or none."))
    if length > settings.UPLOAD_LIMIT:
        raise TooLarge(
            _("The studio takes files of at most %(mb)d MB.") % {"mb": settings.UPLOAD_LIMIT >> 20}
        )
    ask_room(team, length)
    folder().mkdir(parents=True, exist_ok=True)
    # The bytes lie here first and are copied once, so room is needed twice.
    if shutil.disk_usage(folder()).free < 2 * length + KEEP_FREE:
        raise StorageFull(_("The disk has no room for this file."), retry_after=60)
    upload = Upload.objects.create(
        team=team, author=actor.user, name=name[:200], medium=medium, bytes=length, archive=archive
    )
    path_of(upload).touch(mode=0o600)
    return upload


def get_own(actor: Actor, id: uuid.UUID) -> Upload:
    """An upload that this actor has begun, while they may add to its team; else NotThere or NotAllowed."""
    upload = Upload.objects.select_related("team", "asset").filter(pk=id, author=actor.user).first()
    if upload is None:
        raise NotThere
    require(actor, "asset.add", upload.team)
    return upload


def offset_of(upload: Upload) -> int:
    """Bytes that have come."""
    if upload.asset_id is not None:
        return upload.bytes
    try:
        return path_of(upload).stat().st_size
    except FileNotFoundError:
        raise NotThere from None


def append(*, actor: Actor, upload: Upload, offset: int, blocks: Iterable[bytes]) -> int:
    """Add a piece that begins at `offset`; gives the new one. With the last piece the asset is made.

    Stale (409) where the file ends elsewhere, TooLarge where the piece goes beyond the length that was said,
    Busy while another request adds to the same upload, Unsupported where the whole is none of the media.
    """
    if upload.asset_id is not None:
        raise Stale(_("This upload is complete."))
    try:
        file = path_of(upload).open("ab")
    except FileNotFoundError:
        raise NotThere from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(_("Another request is adding to this upload."), retry_after=1) from None
        at = file.tell()
        if at != offset:
            raise Stale(_("The file ends at byte %(at)d; go on from there.") % {"at": at})
        try:
            for block in blocks:
                if at + len(block) > upload.bytes:
                    raise TooLarge(_("The upload was said to have %(n)d bytes.") % {"n": upload.bytes})
                file.write(block)
                at += len(block)
            file.flush()
            os.fsync(file.fileno())
        except TooLarge:
            file.truncate(offset)
            raise
        except OSError as error:
            raise StorageFull(
                _("The disk is full; nothing of the upload is lost."), retry_after=60
            ) from error
        if at == upload.bytes:
            _finish(actor, upload)
    return at


def settle(*, actor: Actor, upload: Upload) -> None:
    """Make the asset where all bytes are there and the process that had the last of them died before it did."""
    if upload.asset_id is not None or upload.archive or offset_of(upload) < upload.bytes:
        return
    with path_of(upload).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # it is being made
            return
        upload.refresh_from_db(fields=["asset"])
        if upload.asset_id is None:
            _finish(actor, upload)


def _finish(actor: Actor, upload: Upload) -> None:
    """Make the asset; a file that is refused is forgotten, since no other piece could mend it."""
    path = path_of(upload)
    if upload.archive:
        if not zipfile.is_zipfile(path):
            forget(upload)
            raise Unsupported(_("This is no zip that can be read, or it is cut short."))
        return

    def also(asset: Asset) -> None:
        """In the asset's own transaction: whoever comes back after a crash finds the upload complete, not open."""
        Upload.objects.filter(pk=upload.pk).update(asset=asset)

    try:
        upload.asset = actions.upload(
            actor=actor,
            team=upload.team,
            path=path,
            medium=upload.medium or None,
            name=upload.name,
            also=also,
        )
    except Problem as problem:
        if problem.status < 500:
            forget(upload)
        raise
    path.unlink(missing_ok=True)


def forget(upload: Upload) -> None:
    """Remove an upload; the asset that it made stays."""
    Upload.objects.filter(pk=upload.pk).delete()
    path_of(upload).unlink(missing_ok=True)


def forget_old() -> int:
    """Remove uploads that were begun a day ago; gives how many."""
    old = list(Upload.objects.filter(created_at__lt=timezone.now() - LIFE)[:200])
    for upload in old:
        forget(upload)
    return len(old)

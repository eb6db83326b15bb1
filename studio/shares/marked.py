"""What guests of a link with a watermark get in place of the stored file: a picture or film with the words over it, a sound
with a tone. Made once in a bounded child, kept in the data folder's cache for as long as somebody asks for it.

A picture is made while one waits. Films and sounds take about as long as they play, so they are made beside the requests,
one at a time; a process that ends in the middle leaves nothing, and the next request begins anew.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
import threading
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from studio.gallery import bounded, export
from studio.gallery.files import Served
from studio.gallery.models import Asset, Medium
from studio.gallery.sniff import HEAD, sniff
from studio.problems import Unsupported

log = logging.getLogger(__name__)

SIDE = 1600  # pixels of the longest side of a picture
QUALITY = 85
PLAYED = {
    Medium.VIDEO: "video/webm",
    Medium.MUSIC: "audio/mpeg",
    Medium.SPEECH: "audio/mpeg",
}
"""The media that are played, and what they become."""
LIMITS = bounded.Limits(memory=3 << 30, cpu_s=900, wall_s=1800)
LONGEST_S = {Medium.VIDEO: 600, Medium.MUSIC: 7200, Medium.SPEECH: 7200}
KEPT_S = 30 * 24 * 3600  # since somebody asked for it
REFUSED_S = 3600  # then it is tried again

_one_at_a_time = threading.Lock()
_making: set[str] = set()


def marked(asset: Asset, words: str) -> BinaryIO:
    """The picture as WebP of at most 1600 pixels with the words over it. Raises Unsupported."""
    path = _place(asset, f"{SIDE} {words}", ".webp")
    try:
        return _used(path).open("rb")
    except FileNotFoundError:
        pass
    made = export.exported(asset, export.Wanted("webp", QUALITY, SIDE, mark=words))
    draft = _draft(path)
    with made, draft.open("wb") as out:
        shutil.copyfileobj(made, out)
    os.replace(draft, path)  # two at once make the same
    return path.open("rb")


def played(asset: Asset, words: str) -> tuple[Served, Path] | None:
    """The marked film or sound; None while it is being made, which begins now where it has not. Raises Unsupported where
    it cannot be had: then there is nothing to play, since the plain one is not for these guests."""
    mime = PLAYED.get(Medium(asset.medium))
    if mime is None:
        raise Unsupported(_("A text cannot carry a watermark."))
    longest = LONGEST_S[Medium(asset.medium)]
    if (asset.duration_s or 0) > longest:
        raise Unsupported(
            _("It is longer than the %(n)s minutes that can carry a watermark.") % {"n": longest // 60}
        )
    path = _place(asset, f"played {words}", ".webm" if asset.medium == Medium.VIDEO else ".mp3")
    try:
        size = _used(path).stat().st_size
    except FileNotFoundError:
        _refused_before(path)
        if path.stem not in _making:
            _making.add(path.stem)
            given = (asset.blob_id, str(asset.medium), words, path)
            threading.Thread(target=_make, args=given, name="watermark", daemon=True).start()
        return None
    return Served(path.stem, size, mime, f"{asset.medium}{path.suffix}"), path


def _make(digest: str, medium: str, words: str, path: Path) -> None:
    """On a thread of its own."""
    folder = None
    try:
        with _one_at_a_time:
            base = Path(settings.SCRATCH)
            base.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix="mark-", dir=base))
            source, out = export.source(digest, folder), folder / f"out{path.suffix}"
            with source.open("rb") as file:
                kind = sniff(file.read(HEAD))
            request = {
                "path": str(source.resolve()),
                "reader": kind.reader,
                "out": str(out),
                "medium": medium,
                "mark": words,
            }
            found = bounded.run("studio.shares.marked_child", request, LIMITS, folder)
            why = (
                "It needs more than the studio allows one file." if found is None else found.get("unreadable")
            )
            if why:
                _note_refusal(path, str(why))
                return
            draft = _draft(path)
            shutil.move(out, draft)
            os.replace(draft, path)
            _forget_old(path.parent)
    except bounded.TookTooLong:
        _note_refusal(path, "It takes longer than one file may take.")
    except Exception:  # a full disk, a file that has just gone: the next request tries again
        log.exception("watermark: %s could not be marked", digest)
    finally:
        _making.discard(path.stem)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _place(asset: Asset, how: str, ending: str) -> Path:
    name = hashlib.sha256(f"{asset.blob_id} {how}".encode()).hexdigest()
    return Path(settings.DATA) / "cache" / "shared" / f"{name}{ending}"


def _draft(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f"{uuid.uuid4().hex}.part")


def _used(path: Path) -> Path:
    """The same, noted as asked for."""
    if time.time() - path.stat().st_mtime > KEPT_S / 30:
        os.utime(path)
    return path


def _note_refusal(path: Path, why: str) -> None:
    draft = _draft(path)
    draft.write_text(why, encoding="utf-8")
    os.replace(draft, path.with_suffix(".refused"))


def _refused_before(path: Path) -> None:
    """Raises Unsupported where it could not be made within the last hour."""
    note = path.with_suffix(".refused")
    with suppress(FileNotFoundError):
        if time.time() - note.stat().st_mtime < REFUSED_S:
            raise Unsupported(_("It cannot carry a watermark: %(why)s") % {"why": note.read_text("utf-8")})


def _forget_old(folder: Path) -> None:
    """What nobody has asked for in a month makes room."""
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > KEPT_S:
                path.unlink()

"""Decodes and measures a file before anything is believed about it: what it truly is, its size, its renditions.

Text is checked here; everything that needs a decoder is opened in a short-lived child process with limits on
memory, processor time and the clock (bounded.py, probe_child.py).
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from studio.gallery import bounded
from studio.gallery.bounded import Limits
from studio.gallery.sniff import HEAD, Sniffed, is_markup, sniff

SOUND = ("music", "speech")
INDEXED_TEXT = 100_000  # characters kept for search

MADE = Limits(wall_s=1800)
"""For what a tool has made: it took minutes perhaps, and is not thrown away because the machine is busy. What 8192 × 8192
pixels take of a processor, 5 s, was seen to take 220 s of the clock beside a training; the bound on processor time stays."""


class Unreadable(Exception):
    """Why a file cannot be taken, as a sentence for the person."""


@dataclass(frozen=True)
class Probed:
    """What a file is. Renditions lie in `folder`, which ends with the `with` block or with discard().

    mime is the true type. content_digest: "sha256:<64 hex>" of the decoded pixels, samples or text.
    text: the words of a text, at most 100,000 characters. thumbhash: base64. marked: the IPTC source type
    that the file brought along, or "". phash, colours: what its picture looks like (see likeness.py).
    """

    medium: str
    mime: str
    content_digest: str
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    text: str = ""
    thumbhash: str = ""
    thumbnail: Path | None = None
    preview: Path | None = None
    marked: str = ""
    phash: int | None = None
    colours: tuple[str, ...] = ()
    folder: Path | None = None

    def discard(self) -> None:
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Probed:
        return self

    def __exit__(self, *error: object) -> None:
        self.discard()


def probe(
    path: Path, *, medium: str | None = None, mime: str | None = None, limits: Limits | None = None
) -> Probed:
    """Measure a file. medium, mime: what somebody says it is; a medium that it is not is refused, a wrong
    type of the same medium is put right. Raises Unreadable.
    """
    limits = limits or Limits()
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise Unreadable(_("The file is empty."))
    kind = sniff(head)
    if kind.kind == "refused":
        raise Unreadable(kind.why)
    if kind.kind == "text":
        return _text(path, head, medium, mime, limits)
    _agree(kind, medium)
    found = _in_child(path, kind, limits)
    if found.medium in SOUND and medium in SOUND:
        found = replace(found, medium=medium)
    if medium is not None and medium != found.medium:
        found.discard()
        raise Unreadable(_wrong_medium(found.medium, medium))
    return found


def _agree(kind: Sniffed, medium: str | None) -> None:
    """Refuse what cannot be the medium that it is said to be, before it is decoded."""
    possible = {"image": ("image",), "sound": SOUND, "video": ("video", *SOUND)}[kind.kind]
    if medium is not None and medium not in possible:
        raise Unreadable(_wrong_medium(possible[0], medium))


def _wrong_medium(true: str, said: str) -> str:
    names = {
        "text": _("a text"),
        "image": _("an image"),
        "music": _("a sound"),
        "speech": _("a sound"),
        "video": _("a video"),
    }
    return _("This is %(true)s, not %(said)s, whatever its name says.") % {
        "true": names.get(true, true),
        "said": names.get(said, said),
    }


def _text(path: Path, head: bytes, medium: str | None, mime: str | None, limits: Limits) -> Probed:
    if medium not in (None, "text") or (mime or "").startswith("image/"):
        if is_markup(head):
            raise Unreadable(
                _("SVG and HTML can hold programs, so they are not taken as pictures. Save it as PNG.")
            )
        raise Unreadable(_wrong_medium("text", medium or "image"))
    if path.stat().st_size > limits.text_bytes:
        raise Unreadable(
            _("A text may have at most %(n)d MB.") % {"n": limits.text_bytes >> 20},
        )
    try:
        words = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            _("It is no UTF-8 text (byte %(at)d). Save it as UTF-8.") % {"at": error.start}
        ) from None
    if "\x00" in words:
        raise Unreadable(_("It is no text: it holds zero bytes."))
    lines = words.replace("\r\n", "\n").replace("\r", "\n")
    digest = hashlib.sha256(b"text\n" + lines.encode()).hexdigest()
    markdown = mime == "text/markdown"
    return Probed(
        "text",
        "text/markdown" if markdown else "text/plain",
        f"sha256:{digest}",
        text=lines[:INDEXED_TEXT],
    )


def _in_child(path: Path, kind: Sniffed, limits: Limits) -> Probed:
    base = Path(settings.SCRATCH)
    base.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="probe-", dir=base))
    try:
        found = _run(path, kind, limits, folder)
        if "unreadable" in found:
            raise Unreadable(str(found["unreadable"]))
        thumbnail, preview = found.get("thumbnail"), found.get("preview")
        return Probed(
            found.get("medium", "image"),
            found.get("mime", kind.mime),
            f"sha256:{found['content_digest']}",
            width=found.get("width"),
            height=found.get("height"),
            duration_s=found.get("duration_s"),
            thumbhash=found.get("thumbhash", ""),
            thumbnail=Path(thumbnail) if thumbnail else None,
            preview=Path(preview) if preview else None,
            marked=found.get("marked", ""),
            phash=found.get("phash"),
            colours=tuple(found.get("colours", ())),
            folder=folder,
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _run(path: Path, kind: Sniffed, limits: Limits, folder: Path) -> dict[str, Any]:
    request = {
        "path": str(path.resolve()),
        "out": str(folder),
        "kind": kind.kind,
        "mime": kind.mime,
        "reader": kind.reader,
        "pixels": limits.pixels,
    }
    try:
        found = bounded.run("studio.gallery.probe_child", request, limits, folder)
    except bounded.TookTooLong:
        raise Unreadable(_("It takes longer to decode than one file may take.")) from None
    if found is None:
        raise Unreadable(_("It could not be decoded within the limits for one file."))
    return found

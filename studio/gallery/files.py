"""Sends stored bytes: Range, ETag, conditional requests, and no file that a browser could run.

Django's own FileResponse knows no Range and buffers under ASGI. Behind nginx (STUDIO_ACCEL names an internal
location) the proxy sends the bytes after this view has asked for the right; an object store gets a redirect.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header

from studio.gallery import storage
from studio.gallery.actions import get_visible
from studio.gallery.models import Asset, Part
from studio.teams.rights import Actor, NotThere

BLOCK = 1 << 20  # each costs a turn of thread, framework and server, so few large ones
AT_ONCE = 1 << 20  # smaller answers are read whole
INLINE = frozenset(
    {
        "image/png",
        "image/jpeg",
        "image/webp",
        "image/gif",
        "image/avif",
        "audio/wav",
        "audio/flac",
        "audio/ogg",
        "audio/mpeg",
        "audio/mp4",
        "audio/webm",
        "video/mp4",
        "video/webm",
        "video/quicktime",
        "text/plain",
        "text/markdown",
    }
)
"""What browsers show without running anything; all else is a download."""
ENDINGS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "image/avif": ".avif",
    "audio/wav": ".wav",
    "audio/flac": ".flac",
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/webm": ".weba",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "video/quicktime": ".mov",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "application/pdf": ".pdf",
}


@dataclass(frozen=True)
class Served:
    """Bytes with what a browser has to know of them. fixed: this address never has other bytes."""

    digest: str
    bytes: int
    mime: str
    name: str
    fixed: bool = False


def content(actor: Actor, asset_id: uuid.UUID) -> Served:
    """The asset's own bytes. The finders raise NotThere or NotAllowed."""
    asset = get_visible(actor, asset_id, "asset.download")
    return Served(asset.blob_id, asset.bytes, asset.mime, file_name(asset))


def thumbnail(actor: Actor, asset_id: uuid.UUID) -> Served:
    return _rendition(get_visible(actor, asset_id), "thumbnail")


def preview(actor: Actor, asset_id: uuid.UUID) -> Served:
    """The preview, or the thumbnail of what is no larger than one."""
    asset = get_visible(actor, asset_id)
    return _rendition(asset, "preview" if asset.preview_id else "thumbnail")


def part(actor: Actor, asset_id: uuid.UUID, name: str) -> Served:
    asset = get_visible(actor, asset_id, "asset.download")
    found = Part.objects.select_related("blob").filter(asset=asset, name=name).first()
    if found is None:
        raise NotThere
    return Served(found.blob_id, found.blob.bytes, found.mime, f"{_safe(asset.title)} {_safe(name)}".strip())


def file_name(asset: Asset, mime: str = "") -> str:
    """A name for the download, from the title."""
    stem = _safe(asset.title) or f"{asset.medium}-{str(asset.pk)[-8:]}"
    return stem + ENDINGS.get(mime or asset.mime, "")


def as_download(file: BinaryIO, mime: str, named: Asset | str) -> HttpResponseBase:
    """An open file that was made for this request, as an attachment that nobody keeps. named: a title, or the
    asset, that it is called after."""
    name = f"{_safe(named)}{ENDINGS.get(mime, '')}" if isinstance(named, str) else file_name(named, mime)
    size = file.seek(0, 2)
    file.seek(0)
    headers = {
        "Content-Type": mime,
        "Content-Length": str(size),
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
    }
    return StreamingHttpResponse(_blocks(file, size), headers=headers)


_NOT_IN_NAMES = re.compile(
    '[\x00-\x1f\x7f-\x9f/\\\\:*?"<>|\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]'
)


def _safe(text: str) -> str:
    """A title as a file name: no separators, no control characters, nothing that turns the direction of reading (so
    that “exe.live” is not read as something else), not hidden, not endless."""
    return " ".join(_NOT_IN_NAMES.sub(" ", text).split())[:80].strip(" .")


def _rendition(asset: Asset, which: str) -> Served:
    blob = getattr(asset, which)
    if blob is None:
        raise NotThere
    return Served(blob.digest, blob.bytes, "image/webp", f"{which}.webp", fixed=True)


def send(request: HttpRequest, found: Served, made: Path | None = None) -> HttpResponseBase:
    """Answer GET or HEAD with these bytes: 200, 206, 304 or 416. made: a file outside the storage that they are in."""
    etag = f'"{found.digest}"'
    headers = _headers(request, found, etag)
    if (
        etag in _etags(request.headers.get("If-None-Match", ""))
        or request.headers.get("If-None-Match") == "*"
    ):
        return HttpResponse(status=304, headers={k: headers[k] for k in ("ETag", "Cache-Control", "Vary")})
    store = storage.current()
    elsewhere = store.url(found.digest) if made is None else None
    if elsewhere is not None:
        return HttpResponseRedirect(elsewhere, headers={"Cache-Control": "private, max-age=60"})
    span = _range(request, etag, found.bytes)
    if span is None:
        return HttpResponse(
            status=416,
            headers={"Content-Range": f"bytes */{found.bytes}", "ETag": etag, "Accept-Ranges": "bytes"},
        )
    start, end = span
    length = end - start
    accel: str = getattr(settings, "ACCEL", "")
    path = store.path(found.digest) if made is None else None
    if accel and path is not None:
        inside = path.relative_to(Path(settings.BLOBS))
        # The proxy looks at Range itself.
        return HttpResponse(headers={**headers, "X-Accel-Redirect": f"{accel.rstrip('/')}/{inside}"})
    status = 200
    if length != found.bytes:
        status = 206
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{found.bytes}"
    headers["Content-Length"] = str(length)
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers)
    try:
        file = store.open(found.digest, start) if made is None else made.open("rb")
    except FileNotFoundError:
        raise NotThere from None
    if made is not None:
        file.seek(start)
    if length <= AT_ONCE:
        with file:
            return HttpResponse(file.read(length), status=status, headers=headers)
    return StreamingHttpResponse(_blocks(file, length), status=status, headers=headers)


async def _blocks(file: BinaryIO, left: int) -> AsyncIterator[bytes]:
    """Memory stays flat however large the file is."""
    try:
        while left > 0:
            block = await asyncio.to_thread(file.read, min(BLOCK, left))
            if not block:
                return
            left -= len(block)
            yield block
    finally:
        file.close()


def _headers(request: HttpRequest, found: Served, etag: str) -> dict[str, str]:
    inline = found.mime in INLINE and "download" not in request.GET
    mime = found.mime
    if mime.startswith("text/"):
        mime = f"{mime if found.mime in INLINE else 'text/plain'}; charset=utf-8"
    # An address with an asset's id never gets other bytes, but the right to them may go: so only renditions
    # are kept without asking again.
    cache = "private, max-age=31536000, immutable" if found.fixed else "private, no-cache"
    return {
        "Content-Type": mime,
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": cache,
        "Vary": "Cookie, Authorization",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'self'",
        "Content-Disposition": content_disposition_header(not inline, found.name) or "attachment",
    }


def _etags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


_SPAN = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")


def _range(request: HttpRequest, etag: str, size: int) -> tuple[int, int] | None:
    """(start, end) to send, end excluded; the whole where no range holds; None where it cannot be met (416).

    Several ranges in one request, units that are unknown and an If-Range that does not match: the whole.
    """
    whole = (0, size)
    header = request.headers.get("Range", "")
    hit = _SPAN.fullmatch(header.strip())
    if hit is None or hit.group() == "bytes=-":
        return whole
    condition = request.headers.get("If-Range")
    if condition is not None and condition.strip() != etag:
        return whole
    first, last = hit.groups()
    if not first:
        wanted = int(last)
        return (max(0, size - wanted), size) if wanted and size else None
    start = int(first)
    end = min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return whole
    return (start, end) if start < size else None

"""Assets as one zip, streamed: nothing is put together on disk, and no database read stays open."""

from __future__ import annotations

import asyncio
import json
import mimetypes
import re
import zipfile
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse

from studio.feeds.api import let_go
from studio.gallery import storage
from studio.gallery.actions import get_all
from studio.gallery.models import Asset, Part
from studio.teams.rights import Actor, require

CHUNK = 256 * 1024
SIDECAR = ".json"  # after the whole name of the file it is about
KIND = "studio-asset"
"""What a sidecar says that it is; imports.py reads it again."""


@dataclass(frozen=True)
class Entry:
    """A file of the zip: its name there, its blob or its bytes, when it was made."""

    name: str
    content: str | bytes
    made: tuple[int, int, int, int, int, int]


def moment(at: datetime) -> tuple[int, int, int, int, int, int]:
    return at.year, at.month, at.day, at.hour, at.minute, at.second


def slug(text: str) -> str:
    return re.sub(r"[^\w-]+", "-", text.lower()).strip("-")[:60] or "asset"


def suffix(mime: str) -> str:
    return {"text/markdown": ".md", "audio/wav": ".wav"}.get(mime) or mimetypes.guess_extension(mime) or ""


def chosen(actor: Actor, ids: Iterable[Any]) -> list[Entry]:
    """The entries for these assets. NotThere or NotAllowed where one may not be taken away."""
    return entries_of(actor, get_all(actor, ids))


def entries_of(actor: Actor, assets: Sequence[Asset], first: int = 1) -> list[Entry]:
    """For each asset its file, its parts, and a sidecar. first: the number that the first one's name begins with."""
    for asset in assets:
        require(actor, "asset.download", asset)
    keys = [asset.pk for asset in assets]
    tags: dict[Any, list[str]] = {key: [] for key in keys}
    links = Asset.tags.through.objects.filter(asset_id__in=keys).order_by("tag__name")
    for key, name in links.values_list("asset_id", "tag__name"):
        tags[key].append(name)
    parts: dict[Any, list[Part]] = {key: [] for key in keys}
    for part in Part.objects.filter(asset__in=keys).order_by("pk"):
        parts[part.asset_id].append(part)
    authors = {key: asset.author.name for key, asset in zip(keys, assets, strict=True) if asset.author}
    found: list[Entry] = []
    for number, asset in enumerate(assets, first):
        stem = f"{number:05d}-{slug(asset.title or asset.prompt)}"
        name, made = stem + suffix(asset.mime), moment(asset.created_at)
        found.append(Entry(name, asset.blob_id, made))
        files = {part.name: f"{stem}-{slug(part.name)}{suffix(part.mime)}" for part in parts[asset.pk]}
        found += [Entry(files[part.name], part.blob_id, made) for part in parts[asset.pk]]
        told = sidecar(asset, tags[asset.pk], authors.get(asset.pk, ""), files)
        found.append(Entry(name + SIDECAR, json.dumps(told, ensure_ascii=False, indent=1).encode(), made))
    return found


def sidecar(asset: Asset, tags: Sequence[str], author: str, parts: dict[str, str]) -> dict[str, Any]:
    """What stands beside an exported file."""
    return {
        "kind": KIND,
        "version": 1,
        "asset": str(asset.pk),
        "digest": asset.blob_id,
        "medium": asset.medium,
        "mime": asset.mime,
        "width": asset.width,
        "height": asset.height,
        "duration_s": asset.duration_s,
        "title": asset.title,
        "prompt": asset.prompt,
        "tags": list(tags),
        "rating": round(asset.rating_sum / asset.rating_n, 2) if asset.rating_n else None,
        "review": asset.review_state or None,
        "author": author,
        "tool": asset.tool or None,
        "model": asset.model or None,
        "facts": asset.facts,
        "provenance": asset.provenance,
        "stack": str(asset.stack),
        "parts": parts,
        "created_at": asset.created_at.isoformat(),
    }


class _Outbox:
    """What the zip writer writes to: a pipe that is emptied after every piece."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self.pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits here."""

    def take(self) -> bytes:
        taken, self.pieces = b"".join(self.pieces), []
        return taken


def pieces(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The zip in pieces. Files are stored as they are: pictures and sound are compressed already."""
    outbox = _Outbox()
    with zipfile.ZipFile(outbox, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for entry in entries:
            info = zipfile.ZipInfo(entry.name, entry.made)
            info.external_attr = 0o644 << 16
            if isinstance(entry.content, bytes):
                archive.writestr(info, entry.content)
                yield outbox.take()
                continue
            with (
                storage.current().open(entry.content) as blob,
                archive.open(info, "w", force_zip64=True) as file,
            ):
                while piece := blob.read(CHUNK):
                    file.write(piece)
                    yield outbox.take()
    yield outbox.take()


async def stream(entries: Iterable[Entry]) -> AsyncIterator[bytes]:
    """The same for an async response, each piece made on a thread."""
    made = pieces(entries)
    while (piece := await asyncio.to_thread(next, made, None)) is not None:
        if piece:
            yield piece


async def as_response(entries: Iterable[Entry], name: str) -> StreamingHttpResponse:
    """A download that holds no connection of the database meanwhile."""
    await sync_to_async(let_go)()
    return as_plain_response(entries, name)


def as_plain_response(entries: Iterable[Entry], name: str) -> StreamingHttpResponse:
    """The same from a view that does not wait."""
    response = StreamingHttpResponse(stream(entries), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug(name)}.zip"'
    return response

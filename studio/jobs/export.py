"""A batch's assets as one zip, streamed: nothing is put together on disk, and no database read stays open."""

from __future__ import annotations

import asyncio
import json
import mimetypes
import re
import zipfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

from studio.gallery import storage
from studio.jobs.models import Batch, JobAsset

CHUNK = 256 * 1024
FACTS = "facts.jsonl"


@dataclass(frozen=True)
class Entry:
    """A file of the zip: its name there, its blob, when it was made."""

    name: str
    digest: str
    made: tuple[int, int, int, int, int, int]


def _slug(text: str) -> str:
    return re.sub(r"[^\w-]+", "-", text.lower()).strip("-")[:60] or "asset"


def _suffix(mime: str) -> str:
    return {"text/markdown": ".md", "audio/wav": ".wav"}.get(mime) or mimetypes.guess_extension(mime) or ""


def entries_of(batch: Batch) -> tuple[list[Entry], bytes]:
    """Every asset that the batch's jobs have made and nobody deleted, in order; and a line of facts for each."""
    links = (
        JobAsset.objects.filter(job__batch=batch, asset__deleted_at=None)
        .select_related("job", "asset")
        .order_by("job__batch_index", "job_id", "index")
    )
    entries: list[Entry] = []
    facts: list[str] = []
    used: set[str] = set()
    for link in links:
        asset = link.asset
        stem = f"{link.job.batch_index + 1:05d}-{link.index}-{_slug(asset.title)}"
        name = stem + _suffix(asset.mime)
        again = 1
        while name in used:  # a retried job has the number of the one before
            again += 1
            name = f"{stem}-{again}{_suffix(asset.mime)}"
        used.add(name)
        at = asset.created_at
        entries.append(Entry(name, asset.blob_id, (at.year, at.month, at.day, at.hour, at.minute, at.second)))
        line: dict[str, Any] = {
            "file": name,
            "asset": str(asset.pk),
            "job": str(link.job_id),
            "digest": asset.blob_id,
            "prompt": asset.prompt,
            "facts": asset.facts,
        }
        facts.append(json.dumps(line, ensure_ascii=False))
    return entries, "\n".join([*facts, ""]).encode()


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


def zip_pieces(entries: list[Entry], facts: bytes) -> Iterator[bytes]:
    """The zip in pieces. Files are stored as they are: pictures and sound are compressed already."""
    outbox = _Outbox()
    with zipfile.ZipFile(outbox, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for entry in entries:
            info = zipfile.ZipInfo(entry.name, entry.made)
            info.external_attr = 0o644 << 16
            with (
                storage.current().open(entry.digest) as blob,
                archive.open(info, "w", force_zip64=True) as file,
            ):
                while piece := blob.read(CHUNK):
                    file.write(piece)
                    yield outbox.take()
        archive.writestr(FACTS, facts)
    yield outbox.take()


async def stream_zip(entries: list[Entry], facts: bytes) -> AsyncIterator[bytes]:
    """The same for an async response, each piece made on a thread."""
    pieces = zip_pieces(entries, facts)
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        if piece:
            yield piece

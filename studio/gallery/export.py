"""A picture as a file for elsewhere: PNG, JPEG, WebP or AVIF, smaller if asked, with the texts that the person chose.

The stored bytes never change; this makes another file, in a bounded child, each time it is asked for.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from generators.image.metadata import a1111
from generators.image.metadata.said import Said, decimal, whole
from studio.gallery import bounded, provenance, storage
from studio.gallery.models import Asset, Medium
from studio.problems import Unsupported

FORMATS = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp", "avif": "image/avif"}
LIMITS = bounded.Limits(memory=4 << 30, cpu_s=90, wall_s=120)
JPEG_COMMENT = 30_000  # characters: a JPEG's segment holds 64 kB


@dataclass(frozen=True)
class Wanted:
    """format: a key of FORMATS. quality: 1 to 100, of the lossy ones. side: longest, in pixels; 0 for as it is.

    prompt: say it in XMP. parameters: write the text that AUTOMATIC1111 and its like read, the prompt included. mark:
    words laid over all of it.
    """

    format: str = "png"
    quality: int = 90
    side: int = 0
    prompt: bool = False
    parameters: bool = False
    mark: str = ""


def exported(asset: Asset, wanted: Wanted) -> BinaryIO:
    """The new file, open for reading; its bytes are gone once it is closed. Raises Unsupported where the asset is no
    picture or cannot be written so."""
    if asset.medium != Medium.IMAGE:
        raise Unsupported(_("Only pictures can be written in another format."))
    base = Path(settings.SCRATCH)
    base.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="export-", dir=base))
    try:
        out = folder / "out"
        words = a1111.write(said_of(asset)) if wanted.parameters else ""
        request: dict[str, Any] = {
            "path": str(source(asset.blob_id, folder).resolve()),
            "out": str(out),
            "format": wanted.format,
            "quality": wanted.quality,
            "side": wanted.side,
            "xmp": _packet(asset, with_prompt=wanted.prompt),
            "mark": wanted.mark,
            "parameters": words if wanted.format == "png" else words[:JPEG_COMMENT],
        }
        return bounded.written("studio.gallery.export_child", request, LIMITS, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def source(digest: str, folder: Path) -> Path:
    """The stored file, or a copy of it where the storage has no local ones."""
    store = storage.current()
    there = store.path(digest)
    if there is not None:
        return there
    copy = folder / "source"
    with store.open(digest) as read, copy.open("wb") as write:
        shutil.copyfileobj(read, write)
    return copy


def _packet(asset: Asset, *, with_prompt: bool) -> str:
    """XMP that says what made it; "" for what was uploaded without a mark."""
    told: dict[str, Any] = asset.provenance
    kind = str(told.get("source_type") or provenance.UPLOADED)
    if kind == provenance.UPLOADED:
        return ""
    known = provenance.Provenance(
        kind,
        tool=str(told.get("tool") or ""),
        tool_version=str(told.get("tool_version") or ""),
        model=str(told.get("model") or ""),
        prompt=asset.prompt if with_prompt else "",
    )
    return provenance.packet(known).decode()


def said_of(asset: Asset) -> Said:
    """How it was made, in the shape that other tools' texts have."""
    facts: dict[str, Any] = asset.facts
    inputs: dict[str, Any] = facts.get("inputs") or {}
    model: dict[str, Any] = facts.get("model") or {}
    said = Said(
        "Studio",
        prompt=asset.prompt,
        negative_prompt=str(inputs.get("negative_prompt") or ""),
        seed=whole(inputs.get("seed")),
        steps=whole(inputs.get("steps")),
        guidance=decimal(inputs.get("guidance")),
        strength=decimal(inputs.get("strength")),
        sampler=str(inputs.get("sampler") or ""),
        width=asset.width,
        height=asset.height,
        model=str(model.get("name") or asset.model or ""),
        model_hash=str(model.get("digest") or "").removeprefix("sha256:")[:10],
    )
    said.left("Version", f"Studio {asset.tool}")
    return said

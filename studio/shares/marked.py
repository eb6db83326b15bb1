"""Pictures with a watermark, as guests see them: made once in a bounded child, kept in the data folder's cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from studio.gallery import export
from studio.gallery.models import Asset

SIDE = 1600  # pixels of the longest side
QUALITY = 85


def marked(asset: Asset, words: str) -> BinaryIO:
    """The picture as WebP of at most 1600 pixels with the words over it. Raises Unsupported."""
    name = hashlib.sha256(f"{asset.blob_id} {SIDE} {words}".encode()).hexdigest()
    path = Path(settings.DATA) / "cache" / "shared" / f"{name}.webp"
    try:
        return path.open("rb")
    except FileNotFoundError:
        pass
    made = export.exported(asset, export.Wanted("webp", QUALITY, SIDE, mark=words))
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{uuid.uuid4().hex}.part")
    with made, draft.open("wb") as out:
        shutil.copyfileobj(made, out)
    os.replace(draft, path)  # two at once make the same
    return path.open("rb")

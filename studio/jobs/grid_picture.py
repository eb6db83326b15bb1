"""A window of a batch's grid as one picture with its labels drawn in, composed in a bounded child of the assets' previews."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from studio.gallery import bounded, export
from studio.gallery.models import Asset
from studio.jobs.grid import Cell, Grid
from studio.problems import TooLarge

FORMATS = {"png": "image/png", "webp": "image/webp"}
LIMITS = bounded.Limits(memory=2 << 30, cpu_s=90, wall_s=120)
PIXELS = 64_000_000
LONGEST = 16_383  # a WebP's side
THUMBNAIL = 512  # pixels of a cell up to which a thumbnail is large enough
GAP = 8


def picture_of(grid: Grid, *, format: str, side: int) -> BinaryIO:
    """The picture, open for reading; its bytes are gone once it is closed. side: the longest of a cell, in pixels.

    Raises TooLarge where it would have too many pixels, Unsupported where it cannot be composed.
    """
    plan = _plan(grid, side)
    width, height = plan["width"], plan["height"]
    if max(width, height) > LONGEST or width * height > PIXELS:
        raise TooLarge(
            _(
                "That picture would be %(width)s × %(height)s pixels, more than one picture may have. Choose smaller cells or "
                "a smaller part of the grid."
            )
            % {"width": width, "height": height}
        )
    base = Path(settings.SCRATCH)
    base.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="grid-", dir=base))
    try:
        out = folder / "out"
        cells = [
            [_drawn(cell, side, folder / f"{y}-{x}") for x, cell in enumerate(row)]
            for y, row in enumerate(grid.rows)
        ]
        asked = folder / "plan.json"
        asked.write_text(json.dumps(plan | {"cells": cells, "format": format, "out": str(out)}), "utf-8")
        plan_of = {"plan": str(asked), "out": str(out)}
        return bounded.written("studio.jobs.grid_picture_child", plan_of, LIMITS, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _plan(grid: Grid, side: int) -> dict[str, Any]:
    """Sizes and words; whatever is drawn has its place by these."""
    letters = max(11, min(32, side // 14))
    line = letters * 4 // 3
    wide, high = _cell(grid, side)
    named = grid.y is not None
    head = 3 * line + GAP if named else 0
    aside = max(6 * letters, wide * 3 // 4) if named else 0
    below = 0 if named else 2 * line + GAP // 2  # without rows each cell has its words below
    columns = max(len(row) for row in grid.rows)
    title = [grid.batch.title, *(f"{held.axis.label}: {held.labels[0]}" for held in grid.others)]
    top = GAP + line * 3 // 2 + GAP
    return {
        "letters": letters,
        "line": line,
        "gap": GAP,
        "cell": [wide, high],
        "top": top,
        "head": head,
        "aside": aside,
        "below": below,
        "title": " · ".join(words for words in title if words),
        "corner": f"{grid.x.axis.label} / {grid.y.axis.label}" if grid.y else grid.x.axis.label,
        "columns": grid.x.labels if named else [],
        "rows": grid.y.labels if grid.y else [],
        "width": GAP + aside + columns * (wide + GAP) + (GAP if aside else 0),
        "height": top + head + len(grid.rows) * (high + below + GAP),
    }


def _cell(grid: Grid, side: int) -> tuple[int, int]:
    """Width and height of a cell: the shape of the first picture, which in a batch is mostly that of all."""
    for row in grid.rows:
        for cell in row:
            for asset in cell.assets:
                if asset.width and asset.height:
                    ratio = min(2.0, max(0.5, asset.width / asset.height))
                    return (side, round(side / ratio)) if ratio >= 1 else (round(side * ratio), side)
    return side, side


def _drawn(cell: Cell, side: int, folder: Path) -> dict[str, Any]:
    """What the child draws for a cell: a file, or words."""
    told: dict[str, Any] = {"label": cell.label}
    asset = cell.assets[0] if cell.assets else None
    if asset is None:
        return told | {"words": str(cell.job.get_state_display()) if cell.job else "–", "quiet": True}
    blob = _blob(asset, side)
    if blob is None:
        return told | {"words": asset.excerpt or asset.title}
    folder.mkdir()
    return told | {"path": str(export.source(blob, folder).resolve())}


def _blob(asset: Asset, side: int) -> str | None:
    """The rendition that is large enough; None for what has no picture."""
    if side > THUMBNAIL and asset.preview_id:
        return str(asset.preview_id)
    return str(asset.thumbnail_id) if asset.thumbnail_id else None

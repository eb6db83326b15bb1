"""Calls about a batch as a grid: its axes and cells, and the grid as one picture."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from asgiref.sync import sync_to_async
from django.http import HttpResponseBase
from ninja import Query, Router, Schema
from pydantic import Field

from studio.gallery import files
from studio.gallery.json import thumbnail_url
from studio.gallery.models import Asset
from studio.jobs import actions
from studio.jobs.api_shapes import GridOut
from studio.jobs.grid import HIGH, MOST, WIDE, Asked, Axis, Cell, Grid, Side, grid_of, places_of
from studio.jobs.grid_picture import FORMATS, picture_of
from studio.jobs.models import Batch
from studio.teams.auth import ApiRequest
from studio.teams.rights import Actor, require

router = Router(tags=["Batches"])


class Window(Schema):
    """Which axes are shown, where the others stand, and which cells; without rows the cells wrap."""

    x: str | None = Field(None, max_length=60, description="Axis of the columns")
    y: str | None = Field(None, max_length=60, description="Axis of the rows; empty: none")
    at: list[str] | None = Field(None, description="Place of another axis, as `name:2`; from 0")
    left: int = Field(0, ge=0, description="First column")
    top: int = Field(0, ge=0, description="First row")
    wide: int = Field(WIDE, ge=1, le=MOST)
    high: int = Field(HIGH, ge=1, le=MOST)

    def of(self, actor: Actor, batch: Batch) -> Grid:
        places = places_of(self.at or [])
        return grid_of(actor, batch, Asked(self.x, self.y, places, self.left, self.top, self.wide, self.high))


def _axis(axis: Axis) -> dict[str, Any]:
    return {"name": axis.name, "label": axis.label, "n": axis.n}


def _side(side: Side) -> dict[str, Any]:
    return {"name": side.axis.name, "start": side.start, "labels": side.labels}


def _asset(asset: Asset) -> dict[str, Any]:
    return {"id": str(asset.pk), "medium": asset.medium, "thumbnail": thumbnail_url(asset)}


def _cell(cell: Cell) -> dict[str, Any]:
    job = cell.job
    return {
        "job": str(job.pk) if job else None,
        "state": job.state if job else None,
        "progress": job.progress if job else 0.0,
        "assets": [_asset(asset) for asset in cell.assets],
    }


def _json(grid: Grid) -> dict[str, Any]:
    return {
        "axes": [_axis(axis) for axis in grid.axes],
        "x": _side(grid.x),
        "y": _side(grid.y) if grid.y else None,
        "others": [_side(side) for side in grid.others],
        "cells": [[_cell(cell) for cell in row] for row in grid.rows],
    }


@router.get("/batches/{uuid:batch}/grid", response=GridOut, summary="A batch as a grid")
def read_grid(request: ApiRequest, batch: uuid.UUID, window: Query[Window]) -> dict[str, Any]:
    """What varies is an axis: two are columns and rows, each other one stands at one place. A window of 32 × 32 cells at
    most; without rows the cells wrap."""
    return _json(window.of(request.actor, actions.get_visible_batch(request.actor, batch)))


@router.get("/batches/{uuid:batch}/grid/picture", response={200: None}, summary="A grid as one picture")
async def picture(
    request: ApiRequest,
    batch: uuid.UUID,
    window: Query[Window],
    format: Annotated[Literal["png", "webp"], Query()] = "png",
    side: Annotated[int, Query(ge=64, le=1024, description="Longest side of a cell in pixels")] = 256,
) -> HttpResponseBase:
    """The same window with its labels drawn in; at most 64 million pixels."""

    def look(actor: Actor) -> Grid:
        found = actions.get_visible_batch(actor, batch)
        require(actor, "asset.download", found)
        return window.of(actor, found)

    grid = await sync_to_async(look)(request.actor)
    file = await sync_to_async(picture_of, thread_sensitive=False)(grid, format=format, side=side)
    return files.as_download(file, FORMATS[format], grid.batch.title or "grid")

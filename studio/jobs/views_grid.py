"""The page of a batch as a grid."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studio.gallery.json import thumbnail_url
from studio.gallery.models import Medium
from studio.gallery.page_words import page_words as gallery_words
from studio.gallery.templatetags.gallery import plain
from studio.jobs import actions
from studio.jobs.grid import HIGH, WIDE, Asked, Axis, Cell, Grid, grid_of, places_of
from studio.jobs.json import batch_counts
from studio.jobs.models import FINAL, State
from studio.jobs.views import begins_of, medium_of, page_words
from studio.problems import InvalidInputs
from studio.teams.pages import may, page
from studio.teams.rights import Actor, can


@never_cache
@require_safe
@page
def grid(request: HttpRequest, actor: Actor, batch_id: uuid.UUID) -> HttpResponse:
    """A window of the grid. With X-Fragment only what changes."""
    batch = actions.get_visible_batch(actor, batch_id)
    asked = _asked(request)
    try:
        found = grid_of(actor, batch, asked)
    except InvalidInputs:  # an address by hand, or of another batch: the usual window
        asked = Asked()
        found = grid_of(actor, batch, asked)
    counts = batch_counts(batch)
    context: dict[str, Any] = {
        "batch": batch,
        "grid": found,
        "done": sum(counts.get(state, 0) for state in FINAL),
        "failed": counts.get("failed", 0),
        "begins": begins_of(actor, batch) if counts.get("queued") else None,
        "may_cancel": can(actor, "job.cancel", batch),
        "held": [_held(found, number) for number in range(len(found.others))],
        "ways": _ways(found),
        "labels": found.y.labels if found.y else [""] * len(found.rows),
        "cells": _cells(found),
        "picture": f"/api/v1/batches/{batch.pk}/grid/picture?{urlencode(_query(found), doseq=True)}",
        "may_download": can(actor, "asset.download", batch),
        "may": may(actor, batch.team, "asset.rate", "board.edit"),
    }
    if request.headers.get("X-Fragment"):
        return render(request, "jobs/grid_body.html", context)
    words = gallery_words() | page_words() | grid_words()
    return render(request, "jobs/grid.html", context | {"page_words": words})


def grid_words() -> dict[str, str]:
    """The sentences of the grid's script."""
    return {
        "winners_one": _("{n} chosen"),
        "winners_other": _("{n} chosen"),
        "zoomed": _("{n} %"),
        "open_cell": _("Open {label}"),
        "in_the_bin": _("In the bin"),
        "no_reason": _("It failed without a reason."),
        "not_for_you": _("Not for you to see"),
        "picture_made": _("The picture is in your downloads."),
    }


def _cells(grid: Grid) -> list[list[dict[str, Any]]]:
    """What the script draws: four hundred cells are slow to draw in a template, and cheap as data."""
    words = {str(value): str(label) for value, label in State.choices}
    return [[_cell(cell, words) for cell in row] for row in grid.rows]


def _cell(cell: Cell, words: dict[str, str]) -> dict[str, Any]:
    """One cell; `now` is another as soon as it is to be drawn anew."""
    told: dict[str, Any] = {"i": cell.index, "label": cell.label, "n": len(cell.assets)}
    job = cell.job
    if job is not None:
        told |= {"job": str(job.pk), "state": job.state, "says": words[job.state], "medium": medium_of(job)}
        told |= {"last": job.last_n, "percent": round(job.progress * 100)}
        if job.error:
            told["error"] = job.error.get("message") or ""
    if cell.assets:
        asset = cell.assets[0]
        told |= {"asset": str(asset.pk), "medium": asset.medium, "thumbnail": thumbnail_url(asset)}
        if asset.medium == Medium.TEXT:
            told["text"] = plain(asset.excerpt)
    return told


def _asked(request: HttpRequest) -> Asked:
    """What the address asks for; what makes no sense there is left out."""
    given = request.GET

    def number(key: str) -> int:
        text = given.get(key, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0

    try:
        at = places_of(given.getlist("at"))
    except InvalidInputs:
        at = {}
    return Asked(given.get("x") or None, given.get("y"), at, number("left"), number("top"))


def _query(grid: Grid, **changes: Any) -> list[tuple[str, Any]]:
    """The address of this window, with some of it changed."""
    at: dict[str, Any] = {side.axis.name: side.start for side in grid.others}
    values: dict[str, Any] = {"x": grid.x.axis.name, "y": grid.y.axis.name if grid.y else ""}
    values |= {"left": grid.x.start, "top": grid.y.start if grid.y else 0} | changes
    places = at | values.pop("at", {})
    query = [(key, value) for key, value in values.items() if value != 0]
    return query + [("at", f"{name}:{place}") for name, place in places.items()]


def _address(grid: Grid, **changes: Any) -> str:
    path = reverse("batch_grid", args=[grid.batch.pk])
    return f"{path}?{urlencode(_query(grid, **changes), doseq=True)}"


def _held(grid: Grid, number: int) -> dict[str, Any]:
    """A switch for an axis that stands at one value: where the one before and the one after are."""
    side = grid.others[number]
    name, at = side.axis.name, side.start
    return {
        "label": side.axis.label,
        "value": side.labels[0],
        "at": at + 1,
        "n": side.axis.n,
        "before": _address(grid, at={name: at - 1}) if at else "",
        "after": _address(grid, at={name: at + 1}) if at + 1 < side.axis.n else "",
    }


def _ways(grid: Grid) -> list[dict[str, str]]:
    """To the windows beside this one."""
    x, y = grid.x, grid.y
    wide = WIDE if y else WIDE * HIGH
    ways = []
    if x.axis.n > wide:
        ways.append(_way(grid, "left", x.start, x.end, x.axis, wide))
    if y and y.axis.n > HIGH:
        ways.append(_way(grid, "top", y.start, y.end, y.axis, HIGH))
    return ways


def _way(grid: Grid, key: str, start: int, end: int, axis: Axis, step: int) -> dict[str, str]:
    return {
        "says": _("%(axis)s: %(first)s to %(last)s of %(n)s")
        % {"axis": axis.label, "first": start + 1, "last": end, "n": axis.n},
        "label": axis.label,
        "before": _address(grid, **{key: max(0, start - step)}) if start else "",
        "after": _address(grid, **{key: end}) if end < axis.n else "",
    }

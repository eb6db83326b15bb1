"""A batch as a grid: what varies in it are axes; two of them are columns and rows, each other one stands at one value.

Jobs of a batch are numbered as `expand` counts: items, then the matrix's inputs, then wordings, then repeats. So the place of
a job on each axis is in its number, and a window of the grid reads only the jobs in it, however large the batch is.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from studio.gallery import actions as gallery
from studio.gallery.models import Asset
from studio.gallery.templatetags.gallery import label_of, name_of, value_of
from studio.jobs.actions.look import visible
from studio.jobs.models import Batch, Job
from studio.problems import InvalidInputs
from studio.teams.models import as_uuid
from studio.teams.rights import Actor

ITEMS, PROMPTS, REPEATS = "_items", "_prompts", "_count"
"""Axes that are no input of the matrix; no tool's input begins so."""
WORDY = (ITEMS, PROMPTS, "prompt")
WIDE, HIGH = 12, 12  # cells of a window, where nobody asks for more
MOST = 32  # of columns, and of rows
WRAP = 6  # cells of a line where there are no rows
LONGEST = 120  # characters of a label


@dataclass(frozen=True)
class Axis:
    """One thing that varies: n values; from one to the next, a job's number grows by `stride`."""

    name: str
    label: str
    n: int
    stride: int


@dataclass(frozen=True)
class Side:
    """The part of an axis that a window shows."""

    axis: Axis
    start: int
    labels: list[str]

    @property
    def end(self) -> int:
        return self.start + len(self.labels)


@dataclass(frozen=True)
class Cell:
    """One place of the grid. job: the newest of its chain of retries; None where this actor may not see it."""

    index: int
    label: str
    job: Job | None
    assets: list[Asset]


@dataclass(frozen=True)
class Asked:
    """Which window. x, y: names of axes, None for the usual ones, "" for no rows. at: places of the other axes.

    left, top: where it begins; wide, high: how much of it at most.
    """

    x: str | None = None
    y: str | None = None
    at: Mapping[str, int] = field(default_factory=dict)
    left: int = 0
    top: int = 0
    wide: int = WIDE
    high: int = HIGH


@dataclass(frozen=True)
class Grid:
    """A window. y: None where there are no rows; others: the axes that stand at one value, each with that value."""

    batch: Batch
    axes: list[Axis]
    x: Side
    y: Side | None
    others: list[Side]
    rows: list[list[Cell]]


def axes_of(batch: Batch) -> list[Axis]:
    """What varies, outermost first; one axis of one value where nothing does."""
    request: dict[str, Any] = batch.request
    matrix: dict[str, list[Any]] = request.get("matrix") or {}
    items: list[dict[str, Any]] = request.get("items") or [{}]
    count: int = request.get("count") or 1
    known = math.prod((len(items), count, *map(len, matrix.values())))
    wordings = batch.total // known if request.get("prompts") is not None else 1
    kinds = [
        (ITEMS, _items_label(items), len(items)),
        *((name, label_of(name), len(values)) for name, values in matrix.items()),
        (PROMPTS, label_of("prompt"), wordings),
        (REPEATS, label_of("seed") if _first_seed(request) is not None else _("Repeat"), count),
    ]
    if known * wordings != batch.total:  # stored by another way of counting: a plain list
        kinds = [(REPEATS, _("Job"), batch.total)]
    found: list[Axis] = []
    stride = batch.total
    for name, label, n in kinds:
        stride //= n
        if n > 1:
            found.append(Axis(name, label, n, stride))
    return found or [Axis(REPEATS, _("Job"), 1, 1)]


def grid_of(actor: Actor, batch: Batch, asked: Asked) -> Grid:
    """The window that is asked for. InvalidInputs for an axis or a place that the batch does not have."""
    axes = axes_of(batch)
    x, y = _chosen(axes, asked)
    others = [axis for axis in axes if axis is not x and axis is not y]
    at = {axis.name: _place(axis, asked.at.get(axis.name, 0)) for axis in others}
    base = sum(axis.stride * at[axis.name] for axis in others)
    wide = asked.wide if y else asked.wide * asked.high
    left = _place(x, asked.left)
    columns = range(left, min(x.n, left + wide))
    top = _place(y, asked.top) if y else 0
    lines = range(top, min(y.n, top + asked.high)) if y else range(1)
    numbers = [
        [base + x.stride * column + (y.stride * line if y else 0) for column in columns] for line in lines
    ]
    wanted: list[tuple[Axis, int]] = [(x, column) for column in columns]
    wanted += [(y, line) for line in lines] if y else []
    wanted += [(axis, at[axis.name]) for axis in others]
    said = _labels(actor, batch, wanted)
    side_x = Side(x, left, [said[x.name, column] for column in columns])
    side_y = Side(y, top, [said[y.name, line] for line in lines]) if y else None
    rows = _cells(actor, batch, numbers, side_x, side_y)
    if y is None:
        rows = [rows[0][start : start + WRAP] for start in range(0, len(rows[0]), WRAP)]
    return Grid(
        batch=batch,
        axes=axes,
        x=side_x,
        y=side_y,
        others=[Side(axis, at[axis.name], [said[axis.name, at[axis.name]]]) for axis in others],
        rows=rows,
    )


def places_of(at: Sequence[str]) -> dict[str, int]:
    """["steps:2"] as {"steps": 2}; InvalidInputs where one is not so."""
    places: dict[str, int] = {}
    for each in at:
        name, colon, place = each.rpartition(":")
        if not colon or not place.isascii() or not place.isdigit() or len(place) > 5:
            raise InvalidInputs.at("at", _("A place is said as `name:number`."), each)
        places[name] = int(place)
    return places


def _chosen(axes: list[Axis], asked: Asked) -> tuple[Axis, Axis | None]:
    """Columns and rows. Usual: the first two, repeats last; whole prompts and rows of a file, long words, are rows."""
    by_name = {axis.name: axis for axis in axes}
    for key in ("x", "y"):
        name = getattr(asked, key)
        if name and name not in by_name:
            raise InvalidInputs.at(key, _("The batch has no axis of that name."), name)
    short = sorted((axis for axis in axes if axis.name not in WORDY), key=lambda axis: axis.name == REPEATS)
    usual = short[:1] + [axis for axis in axes if axis.name in WORDY] + short[1:]
    free = [axis for axis in usual if axis.name != asked.y] or usual
    x = by_name[asked.x] if asked.x else free[0]
    if asked.y == "":
        return x, None
    if asked.y:
        y = by_name[asked.y]
        if y is x:
            raise InvalidInputs.at("y", _("Columns and rows are two different axes."), asked.y)
        return x, y
    rest = [axis for axis in usual if axis is not x]
    return x, rest[0] if rest else None


def _place(axis: Axis, at: int) -> int:
    if not 0 <= at < axis.n:
        raise InvalidInputs(
            _("“%(axis)s” has places 0 to %(last)s.") % {"axis": axis.label, "last": axis.n - 1},
            errors=[{"loc": [axis.name], "msg": _("There is no such place."), "input": at}],
        )
    return at


def _items_label(items: Sequence[Mapping[str, Any]]) -> str:
    keys = _varying(items)
    return label_of(keys[0]) if len(keys) == 1 else _("Row")


def _varying(items: Sequence[Mapping[str, Any]]) -> list[str]:
    """Inputs that are not the same in all items."""
    first = items[0]
    keys = dict.fromkeys(key for item in items for key in item)
    return [key for key in keys if any(item.get(key) != first.get(key) for item in items)]


def _first_seed(request: Mapping[str, Any]) -> int | None:
    """The seed from which repeats count, where all jobs share one."""
    elsewhere = [request.get("matrix") or {}, *(request.get("items") or [])]
    seed = (request.get("inputs") or {}).get("seed")
    shared = isinstance(seed, int) and not any("seed" in each for each in elsewhere)
    return seed if shared else None


def _labels(actor: Actor, batch: Batch, wanted: list[tuple[Axis, int]]) -> dict[tuple[str, int], str]:
    """What each of these places is called."""
    request: dict[str, Any] = batch.request
    items: list[dict[str, Any]] = request.get("items") or [{}]
    keys = _varying(items)
    seed = _first_seed(request)
    matrix: dict[str, list[Any]] = request.get("matrix") or {}
    values: dict[tuple[str, int], Any] = {}
    for axis, at in wanted:
        if axis.name == ITEMS:
            row = {key: items[at][key] for key in keys if key in items[at]}
            values[ITEMS, at] = next(iter(row.values())) if len(keys) == 1 and row else _row_words(at, row)
        elif axis.name == REPEATS:
            values[REPEATS, at] = str(at + 1) if seed is None else str((seed + at) % 2**32)
        elif axis.name != PROMPTS:
            values[axis.name, at] = matrix[axis.name][at]
    worded = {axis.stride * at: (axis.name, at) for axis, at in wanted if axis.name == PROMPTS}
    if worded:  # wildcards' lists may have changed since, so the jobs themselves are asked
        jobs = visible(actor).filter(batch=batch, batch_index__in=worded)
        for job in jobs.only("batch_index", "inputs"):
            values[worded[job.batch_index]] = job.inputs.get("prompt", "")
        for place in worded.values():
            values.setdefault(place, str(place[1] + 1))
    texts = {place: value if isinstance(value, str) else value_of(value) for place, value in values.items()}
    names = _names(actor, texts.values())
    return {place: _short(names.get(text, text)) for place, text in texts.items()}


def _row_words(at: int, row: Mapping[str, Any]) -> str:
    return " · ".join([str(at + 1), *(value_of(value) for value in row.values() if value not in (None, ""))])


def _names(actor: Actor, texts: Iterable[str]) -> dict[str, str]:
    """Of those that are assets' ids: what the asset is called."""
    ids = [key for text in texts if (key := as_uuid(text)) is not None]
    if not ids:
        return {}
    return {str(asset.pk): name_of(asset) for asset in gallery.visible(actor).filter(pk__in=ids)}


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"


def _cells(actor: Actor, batch: Batch, numbers: list[list[int]], x: Side, y: Side | None) -> list[list[Cell]]:
    wanted = [number for line in numbers for number in line]
    jobs = {  # the newest of a number is the last one
        job.batch_index: job
        for job in visible(actor)
        .filter(batch=batch, batch_index__in=wanted)
        .only("batch_index", "state", "progress", "error", "last_n", "makes")
        .order_by("pk")
    }
    by_job: dict[uuid.UUID, list[Asset]] = {}
    made = (
        gallery.light(gallery.visible(actor))
        .filter(job_ref__in=[job.pk for job in jobs.values()], deleted_at=None)
        .defer("facts", "provenance")
        .order_by("index")
    )
    for asset in made:
        if asset.job_ref:
            by_job.setdefault(asset.job_ref, []).append(asset)
    rows = []
    for line, each in enumerate(numbers):
        before = f"{y.axis.label} {y.labels[line]}, " if y else ""
        row = []
        for column, number in enumerate(each):
            job = jobs.get(number)
            label = f"{before}{x.axis.label} {x.labels[column]}"
            row.append(Cell(number, label, job, by_job.get(job.pk, []) if job else []))
        rows.append(row)
    return rows

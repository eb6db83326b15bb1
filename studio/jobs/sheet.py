"""Tables that batches are made from: CSV (any usual separator) and JSON Lines, as people's programs write them.

Nothing is guessed silently: what each column is used for is told, and a row that cannot be read has its own error and
leaves the others as they are.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from generators.tool import Tool
from studio.problems import InvalidInputs, shown

MOST_ROWS = 10_000
MOST_COLUMNS = 100
MOST_BYTES = 20_000_000
SEPARATORS = ",;\t|"


@dataclass(frozen=True)
class Row:
    """`line` as an editor counts it, from 1. wrong: why its cells cannot be used; "" where they can."""

    line: int
    cells: dict[str, Any]
    wrong: str = ""


@dataclass(frozen=True)
class Sheet:
    columns: list[str]
    rows: list[Row]


def read(content: bytes) -> Sheet:
    """A table's columns and rows. InvalidInputs where it is none, or larger than a batch may be."""
    if len(content) > MOST_BYTES:
        raise _refused(_("The file is larger than %(most)d MB.") % {"most": MOST_BYTES // 1_000_000})
    text = _text(content)
    if not text.strip():
        raise _refused(_("The file is empty."))
    sheet = _lines_of_json(text) if text.lstrip()[0] in "{[" else _csv(text)
    if len(sheet.rows) > MOST_ROWS:
        raise _refused(
            _("The file has %(n)d rows; a batch has at most %(most)d jobs.")
            % {"n": len(sheet.rows), "most": MOST_ROWS}
        )
    if not sheet.rows:
        raise _refused(_("The file has columns, and no row."))
    return sheet


def guess(sheet: Sheet, tool: Tool) -> dict[str, str | None]:
    """For each column the input whose name or title it has; None for the others. No input is named twice."""
    names: dict[str, str] = {}
    for name, field in tool.inputs.model_fields.items():
        for spelt in (name, field.title or ""):
            names.setdefault(_plain(spelt), name)
    found: dict[str, str | None] = {}
    for column in sheet.columns:
        meant = names.get(_plain(column))
        found[column] = meant if meant not in found.values() else None
    return found


def items(rows: Sequence[Row], uses: Mapping[str, str | None]) -> Iterator[dict[str, Any]]:
    """Each row's inputs. Empty cells are left out, so that the tool's default counts."""
    for row in rows:
        yield {
            name: row.cells[column]
            for column, name in uses.items()
            if name and row.cells.get(column) not in (None, "")
        }


def _text(content: bytes) -> str:
    """UTF-8 with or without a mark, UTF-16 with one; else as Windows writes western texts."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    raise _refused(_("The file is no text. Save it as CSV in UTF-8."))


def _csv(text: str) -> Sheet:
    head = text.splitlines()[0]
    separator = max(SEPARATORS, key=head.count)  # the first of them where there is none: one column
    csv.field_size_limit(MOST_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        columns = _columns(next(reader))
    except csv.Error as error:
        raise _refused(_("The first line cannot be read: %(why)s.") % {"why": error}) from None
    rows: list[Row] = []
    line = reader.line_num + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return Sheet(columns, rows)
        except csv.Error as error:
            rows.append(Row(line, {}, str(error)))
            line = reader.line_num + 1
            continue
        if any(cell.strip() for cell in cells):
            wrong = ""
            if len(cells) > len(columns):
                wrong = _("It has %(n)d cells, the first line %(columns)d.") % {
                    "n": len(cells),
                    "columns": len(columns),
                }
            rows.append(Row(line, dict(zip(columns, cells, strict=False)), wrong))
        line = reader.line_num + 1


def _columns(cells: Sequence[str]) -> list[str]:
    columns = [cell.strip() for cell in cells]
    if len(columns) > MOST_COLUMNS:
        raise _refused(_("The file has more than %(most)d columns.") % {"most": MOST_COLUMNS})
    twice = next((name for name in columns if name and columns.count(name) > 1), None)
    if twice is not None:
        raise _refused(_("Two columns are called “%(name)s”.") % {"name": twice[:60]})
    return [name or _("Column %(n)d") % {"n": n} for n, name in enumerate(columns, 1)]


def _lines_of_json(text: str) -> Sheet:
    """A line for each row; or one list of all, as some programs write it."""
    if text.lstrip().startswith("["):
        try:
            found: list[Any] = json.loads(text)
        except ValueError as error:
            raise _refused(_("The list cannot be read: %(why)s.") % {"why": error}) from None
        rows = [_json_row(n, one) for n, one in enumerate(found, 1)]
    else:
        rows = []
        for line, one in enumerate(text.splitlines(), 1):
            if not one.strip():
                continue
            try:
                rows.append(_json_row(line, json.loads(one)))
            except ValueError as error:
                rows.append(Row(line, {}, _("It is no JSON: %(why)s.") % {"why": error}))
    columns = list(dict.fromkeys(name for row in rows for name in row.cells))
    return Sheet(_columns(columns) if columns else [], rows)


def _json_row(line: int, one: Any) -> Row:
    if not isinstance(one, dict):
        return Row(line, {}, _("It is no object with names and values: %(given)s") % {"given": shown(one)})
    return Row(line, {name.strip(): value for name, value in one.items()})


def _plain(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


def _refused(why: str) -> InvalidInputs:
    return InvalidInputs.at("file", why)

"""How results look: on the screen, as lines of JSON, and in docs/performance.md."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.bench.harness.row import Figure, Line, Row, Verdict
from tests.bench.harness.stats import Estimate

BEGIN = "<!-- bench: begin -->"
END = "<!-- bench: end -->"
HEADS = ("row", "figure", "baseline", "ratio", "95 % interval", "goal", "", "s")


@dataclass(frozen=True)
class Result:
    """A figure beside its line; seconds: what the whole row took; quick: not for showing; scaled: see Bench."""

    row: str
    line: Line
    figure: Figure
    seconds: float
    quick: bool = False
    scaled: bool = False

    @property
    def judged(self) -> Estimate:
        """What the goal speaks of; without a goal, the ratio where there is one."""
        figure, goal = self.figure, self.line.goal
        if goal is not None and goal.of_ratio and figure.ratio is None:
            raise ValueError(f"{self.name}: its goal is a ratio, and there is no baseline")
        wanted = figure.ratio if goal is None or goal.of_ratio else None
        return figure.ours if wanted is None else wanted

    @property
    def name(self) -> str:
        return ("scaled " * self.scaled) + _name(self.row, self.line)

    @property
    def verdict(self) -> Verdict:
        return self.line.goal.judge(self.judged) if self.line.goal else ""

    def cells(self) -> tuple[str, ...]:
        """As they stand under HEADS."""
        figure, judged = self.figure, self.judged
        unit = "×" if judged is figure.ratio else figure.unit
        spread = (
            "" if judged.low == judged.high else f"{number(judged.low)} – {number(judged.high)} {unit}"
        ).replace(" ×", "×")
        return (
            self.name,
            f"{number(figure.ours.value)} {figure.unit}",
            f"{number(figure.base.value)} {figure.unit}" if figure.base else "",
            f"{number(figure.ratio.value)}×" if figure.ratio else "",
            spread,
            str(self.line.goal or ""),
            self.verdict,
            f"{self.seconds:.0f}",
        )

    def as_json(self, about: dict[str, Any]) -> str:
        told = {"row": self.row, **asdict(self), "verdict": self.verdict, **about}
        return json.dumps(told, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str, rows: dict[str, Row]) -> Result | None:
        """A line of JSON read again, under the goal of today; None where the row has gone."""
        told = json.loads(text)
        row = rows.get(told["row"])
        if row is None or told["line"]["name"] not in {line.name for line in row.lines}:
            return None
        figure = told["figure"]
        for name in ("ours", "base", "ratio"):
            figure[name] = Estimate(**figure[name]) if figure[name] else None
        return cls(
            row.name,
            row.line(told["line"]["name"]),
            Figure(**figure),
            told["seconds"],
            told["quick"],
            told.get("scaled", False),
        )


def number(value: float) -> str:
    """Three digits that say something: 1.05, 37.2, 1,234."""
    size = abs(value)
    return f"{value:,.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"


def plain(results: Sequence[Result]) -> str:
    """The table for a terminal."""
    rows = [HEADS, *(result.cells() for result in results)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADS))]
    lines = [
        "  ".join(
            cell.ljust(width) if at in (0, 6) else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join(lines)


def markdown(results: Iterable[Result]) -> str:
    """The table for docs/performance.md, with the command that makes each row."""
    lines = [
        "| what | figure | baseline | ratio | 95 % interval | goal | | command |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for result in results:
        _name, figure, base, ratio, spread, goal, verdict, _seconds = result.cells()
        baseline = f"{base} ({result.line.baseline})" if base else result.line.baseline
        note = f" ({result.figure.note})" if result.figure.note else ""
        where = ", scaled out" if result.scaled else ""
        shown = f"**{verdict}**" if verdict == "MISSED" else verdict
        lines.append(
            f"| {result.line.what}{note}{where} | {figure} | {baseline} | {ratio} | {spread} | {goal} | {shown} "
            f"| `manage.py bench {'--scaled ' * result.scaled}{result.row}` |"
        )
    return "\n".join(lines)


def newest(file: Path, rows: dict[str, Row]) -> list[Result]:
    """The last result of each line in a file of JSON lines, in the order of the rows, scaled ones last; no quick ones."""
    kept: dict[str, Result] = {}
    for text in file.read_text().splitlines():
        result = Result.from_json(text, rows)
        if result is not None and not result.quick:
            kept[result.name] = result
    names = [_name(row.name, line) for row in rows.values() for line in row.lines]
    names += [f"scaled {name}" for name in names]
    return [kept[name] for name in names if name in kept]


def _name(row: str, line: Line) -> str:
    return f"{row}.{line.name}" if line.name else row


def write_into(page: Path, table: str) -> None:
    """Put the table between the marks of the page. ValueError where the marks are not there."""
    text = page.read_text()
    before, begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has no place for the table: {BEGIN} … {END}")
    page.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}")

"""A row of the bench: what it declares, and what it measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tests.bench.harness.stats import Estimate

if TYPE_CHECKING:
    from tests.bench.harness.bench import Bench

Verdict = Literal["", "met", "unsure", "MISSED"]


@dataclass(frozen=True)
class Goal:
    """What a figure has to be. unit "×": the ratio to the baseline is judged, else the figure itself."""

    most: bool
    bound: float
    unit: str

    @property
    def of_ratio(self) -> bool:
        return self.unit == "×"

    def judge(self, measured: Estimate) -> Verdict:
        """MISSED only where the good end of the interval misses too; unsure where just the value does."""
        value, good = (measured.value, measured.low) if self.most else (-measured.value, -measured.high)
        bound = self.bound if self.most else -self.bound
        return "met" if value <= bound else "unsure" if good <= bound else "MISSED"

    def __str__(self) -> str:
        return f"{'≤' if self.most else '≥'} {self.bound:g} {self.unit}".replace(" ×", "×")


def at_most(bound: float, unit: str = "×") -> Goal:
    return Goal(True, bound, unit)


def at_least(bound: float, unit: str = "×") -> Goal:
    return Goal(False, bound, unit)


@dataclass(frozen=True)
class Line:
    """One line of the table. name: one word, or "" for a row's only line; what: for people; baseline: what stands
    against it; goal: None where the figure is only told."""

    name: str
    what: str
    goal: Goal | None
    baseline: str = ""


@dataclass(frozen=True)
class Figure:
    """What was measured for the line named: `ours` and `base` in `unit`; `ratio` ours / base where there is a base."""

    line: str
    ours: Estimate
    unit: str
    base: Estimate | None = None
    ratio: Estimate | None = None
    rounds: int = 1
    note: str = ""


@dataclass(frozen=True)
class Row:
    """A module's row. env: what the studio that it wants is started with; fresh: on empty data, shared with nobody."""

    name: str
    lines: tuple[Line, ...]
    run: Callable[[Bench], Iterator[Figure]]
    env: Mapping[str, str] = field(default_factory=dict)
    fresh: bool = False

    def line(self, name: str) -> Line:
        return next(line for line in self.lines if line.name == name)


found: dict[str, Row] = {}


def row(
    *lines: Line, env: Mapping[str, str] | None = None, fresh: bool = False
) -> Callable[[Callable[[Bench], Iterator[Figure]]], Callable[[Bench], Iterator[Figure]]]:
    """Makes the function the row of its module: it gets a Bench and yields one Figure for each line.

    `env`: more environment for `bench.stack()`; rows with the same one share a studio, unless `fresh`.
    """

    def declare(run: Callable[[Bench], Iterator[Figure]]) -> Callable[[Bench], Iterator[Figure]]:
        name = run.__module__.rpartition(".")[2]
        found[name] = Row(name, lines, run, dict(env or {}), fresh)
        return run

    return declare

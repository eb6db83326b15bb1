"""What a row gets: a running studio, turns of ours and the baseline, and whether it is to be quick."""

from __future__ import annotations

import gc
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.bench.harness import stats
from tests.bench.harness.row import Figure
from tests.bench.harness.scaled import Scaled
from tests.stack import Stack

COMMON = {"STUDIO_EXTRA_TOOLS": "tests.tools,tests.bench.tools", "HF_HUB_OFFLINE": "1"}


class Bench:
    """quick: fewer rounds and smaller numbers, to see that a row works; its figures are not for showing.

    scaled: studios stand on PostgreSQL and a bucket and have two nodes.
    """

    def __init__(self, *, quick: bool = False, scaled: bool = False) -> None:
        self.quick, self.scaled = quick, scaled
        self.folder = Path(tempfile.mkdtemp(prefix="studio-bench-"))
        self.env: Mapping[str, str] = {}
        self.fresh = False
        self._stack: Stack | None = None
        self._runs_with: tuple[Mapping[str, str], bool] | None = None
        self._number = 0

    def few(self, full: int, quick: int) -> int:
        """How many: `full`, or `quick` where it is to be quick."""
        return quick if self.quick else full

    def stack(self) -> Stack:
        """The studio that the row has declared: the one that runs where it fits, else a new one."""
        wanted = (dict(self.env), self.fresh)
        if self._stack is not None and self._runs_with == wanted:
            return self._stack
        self.stop()
        stack = self.new_stack(self.env)
        self._stack, self._runs_with = stack, wanted
        stack.start()
        return stack

    def new_stack(self, env: Mapping[str, str] | None = None) -> Stack:
        """A studio on empty data that has not been started; whoever asks for it starts and stops it."""
        self._number += 1
        kind = Scaled if self.scaled else Stack
        return kind(self.folder / f"studio-{self._number}", {**COMMON, **(env or {})})

    def stop(self) -> None:
        """Stop the running studio, if there is one, and take away its data."""
        if self._stack is not None:
            self._stack.stop()
            shutil.rmtree(self._stack.data.parent, ignore_errors=True)
        self._stack = None

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def turns(
        rounds: int, ours: Callable[[], float], base: Callable[[], float], *, warm: int = 1
    ) -> tuple[list[float], list[float]]:
        """Both `rounds` times in turns, who is first changes each round; what they returned. `warm` rounds are dropped."""
        left: list[float] = []
        right: list[float] = []
        for number in range(-warm, rounds):
            pair = [(ours, left), (base, right)]
            for measure, kept in pair if number % 2 == 0 else reversed(pair):
                gc.collect()
                kept.append(measure())
        return left[warm:], right[warm:]

    @staticmethod
    def compared(
        line: str,
        ours: Sequence[float],
        base: Sequence[float],
        unit: str,
        statistic: stats.Statistic | None = None,
        note: str = "",
    ) -> Figure:
        """The figure of two lists of samples: medians, or another statistic, and their ratio."""
        how = statistic or stats.percentile(0.5)
        return Figure(
            line,
            stats.of(ours, how),
            unit,
            stats.of(base, how),
            stats.of_ratio(ours, base, how),
            len(ours),
            note,
        )


def timed(call: Callable[[], object]) -> float:
    """Seconds that the call took."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began

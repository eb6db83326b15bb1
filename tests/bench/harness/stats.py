"""Medians, percentiles and ratios with the interval in which they lie with 95 % (bootstrap, seeded)."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

RESAMPLES = 2000
SURE = 0.95

Statistic = Callable[[Sequence[float]], float]


@dataclass(frozen=True)
class Estimate:
    """A figure, and the ends of its interval; all three alike where it was measured once."""

    value: float
    low: float
    high: float

    @classmethod
    def once(cls, value: float) -> Estimate:
        return cls(value, value, value)


def percentile(share: float) -> Statistic:
    """The statistic "p95" for 0.95: the smallest sample that at least this share does not exceed."""

    def pick(samples: Sequence[float]) -> float:
        ordered = sorted(samples)
        return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]

    return pick


def of(samples: Sequence[float], statistic: Statistic = statistics.median) -> Estimate:
    """The statistic of the samples; the interval from resampling them. Raises ValueError where there are none."""
    if not samples:
        raise ValueError("no samples: nothing was measured")
    drawn = random.Random(1)
    return _estimate(
        statistic(samples),
        [statistic(drawn.choices(samples, k=len(samples))) for _ in range(RESAMPLES)],
    )


def of_ratio(
    ours: Sequence[float], base: Sequence[float], statistic: Statistic = statistics.median
) -> Estimate:
    """statistic(ours) / statistic(base). Where both were taken in turns, as many of each, whole rounds are resampled:
    what slowed the machine in one round slowed both."""
    if not ours or not base:
        raise ValueError("no samples: nothing was measured")
    drawn = random.Random(1)
    ratios = []
    for _ in range(RESAMPLES):
        rounds = drawn.choices(range(len(ours)), k=len(ours))
        others = rounds if len(ours) == len(base) else drawn.choices(range(len(base)), k=len(base))
        ratios.append(statistic([ours[at] for at in rounds]) / statistic([base[at] for at in others]))
    return _estimate(statistic(ours) / statistic(base), ratios)


def _estimate(value: float, drawn: list[float]) -> Estimate:
    drawn.sort()
    tail = (1 - SURE) / 2
    return Estimate(value, drawn[int(tail * len(drawn))], drawn[int((1 - tail) * len(drawn)) - 1])

"""What rows of the bench are made with: `from tests.bench.harness import Bench, Line, at_most, row`.

A row is one module in tests/bench with one function under `@row`; it is found there, nothing else names it.
"""

from tests.bench.harness.bench import Bench
from tests.bench.harness.row import Figure, Goal, Line, Row, at_least, at_most, row
from tests.bench.harness.stats import Estimate, of, of_ratio, percentile

__all__ = [
    "Bench",
    "Estimate",
    "Figure",
    "Goal",
    "Line",
    "Row",
    "at_least",
    "at_most",
    "of",
    "of_ratio",
    "percentile",
    "row",
]

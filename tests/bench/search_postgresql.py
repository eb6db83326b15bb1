"""The row `search` on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.harness import Bench, Figure, row
from tests.bench.search import lines, measure


@row(*lines("PostgreSQL"))
def search_postgresql(bench: Bench) -> Iterator[Figure]:
    return measure(bench, "PostgreSQL")

"""The row `gallery` on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.gallery import lines, measure
from tests.bench.harness import Bench, Figure, row


@row(*lines("PostgreSQL"))
def gallery_postgresql(bench: Bench) -> Iterator[Figure]:
    return measure(bench, "PostgreSQL")

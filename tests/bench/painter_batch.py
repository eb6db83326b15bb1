"""What drawing jobs of one model together saves through the whole studio, at the built-in model's own size."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from tests.bench.harness import Bench, Figure, Line, at_most, row
from tests.bench.harness.bench import timed
from tests.bench.harness.people import Person


@row(
    Line("", "a batch of eight pictures through the studio", at_most(1), "eight jobs, each after the other"),
)
def painter_batch(bench: Bench) -> Iterator[Figure]:
    """Pictures of 64 pixels, from the POST to the last one's end."""
    person = Person(bench.stack())
    asked: dict[str, Any] = {"prompt": "a cat", "width": 64, "height": 64}

    def one_by_one() -> float:
        return timed(lambda: [person.run("image.generate", seed=seed, **asked) for seed in range(8)])

    def batch() -> float:
        def all_of_it() -> None:
            made = person.batch("image.generate", 8, **asked)
            jobs = person.api.get("/api/v1/jobs", params={"batch": made}).raise_for_status().json()["items"]
            for job in jobs:
                if person.ended(job["id"])["state"] != "succeeded":
                    raise RuntimeError("a picture of the batch failed")

        return timed(all_of_it)

    one_by_one()
    time.sleep(3)  # until the node has told how long one takes: before, nothing has company
    ours, base = bench.turns(bench.few(7, 2), batch, one_by_one)
    yield bench.compared("", ours, base, "s")

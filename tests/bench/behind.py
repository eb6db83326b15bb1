"""A person's one job behind another's thousand: how long it waits, beyond one of the jobs that run."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tests.bench.harness import Bench, Figure, Line, at_most, of, percentile, row
from tests.bench.harness.people import Person

JOB: dict[str, Any] = {"prompt": "a plain colour", "steps": 4, "pause_ms": 150}


@row(
    Line("wait", "a person's one job behind another's 1,000: its wait until it runs, p95", None),
    Line(
        "beyond",
        "of that, what goes beyond one of the running jobs, p95",
        at_most(300, "ms"),
    ),
)
def behind(bench: Bench) -> Iterator[Figure]:
    person, other = Person(bench.stack()), Person(bench.stack())
    other.run("test.paint", **JOB)  # its time is known: both places take it
    queue = other.batch("test.paint", 1000, **JOB)
    drawn = random.Random(7)
    waits: list[float] = []
    try:
        time.sleep(2)
        for _ in range(bench.few(40, 8)):
            time.sleep(drawn.uniform(0, 0.6))
            job = person.run("test.nothing")
            waits.append(_ms(job["created_at"], job["started_at"]))
        ran = other.api.get(f"/api/v1/jobs?batch={queue}&state=succeeded&limit=200").raise_for_status().json()
    finally:
        other.cancel_batch(queue)
    one = statistics.median(_ms(job["started_at"], job["finished_at"]) for job in ran["items"])
    yield Figure(
        "wait", of(waits, percentile(0.95)), "ms", rounds=len(waits), note=f"one job runs {one:.0f} ms"
    )
    yield Figure("beyond", of([wait - one for wait in waits], percentile(0.95)), "ms", rounds=len(waits))


def _ms(since: str, until: str) -> float:
    return (datetime.fromisoformat(until) - datetime.fromisoformat(since)).total_seconds() * 1000

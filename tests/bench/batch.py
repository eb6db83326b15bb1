"""How long a batch of a thousand pictures takes to be accepted, with nothing and with ten thousand jobs in the queue.

The node is paused meanwhile, so that nothing else is measured than the accepting.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.bench.harness import Bench, Figure, Line, at_most, of, row
from tests.bench.harness.people import Person


@row(
    Line("empty", "a batch of 1,000 pictures accepted, the queue empty", at_most(2, "s")),
    Line(
        "full",
        "the same with 10,000 jobs in the queue",
        at_most(2, "s"),
        "the queue empty",
    ),
    fresh=True,
)
def batch(bench: Bench) -> Iterator[Figure]:
    owner = Person(bench.stack(), owner=True)
    person, other = Person(bench.stack()), Person(bench.stack())
    for node in owner.api.get("/api/v1/nodes").raise_for_status().json()["items"]:
        owner.api.patch(f"/api/v1/nodes/{node['name']}", json={"paused": True}).raise_for_status()
    rounds = bench.few(9, 3)
    count = bench.few(1000, 200)
    accept(person, count)
    empty = [accept(person, count) for _ in range(rounds)]
    queue = submit(other, bench.few(10_000, 1000))
    full = [accept(person, count) for _ in range(rounds)]
    other.cancel_batch(queue)
    yield Figure("empty", of(empty), "s", rounds=rounds)
    yield bench.compared("full", full, empty, "s")


def submit(person: Person, count: int) -> str:
    asked = {"tool": "image.generate", "inputs": {"prompt": "a red apple"}, "count": count}
    return str(person.api.post("/api/v1/batches", json=asked).raise_for_status().json()["id"])


def accept(person: Person, count: int) -> float:
    """Seconds until the answer; the batch is cancelled after that."""
    began = time.perf_counter()
    made = submit(person, count)
    took = time.perf_counter() - began
    person.cancel_batch(made)
    return took

"""How soon a person sees that it works, while a thousand other jobs wait.

The others' jobs are long ones, and one of them runs; the place for short jobs is free, as it is while a film renders.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

from tests.bench.harness import Bench, Figure, Line, at_most, percentile, row
from tests.bench.harness.people import Person

WORDS = " ".join(["word"] * 300)  # at ten seconds each


@row(
    Line(
        "socket",
        "the first event at the job's socket, with 1,000 jobs waiting, p95",
        at_most(300, "ms"),
        "the same with none waiting",
    ),
    Line(
        "tool",
        "the first word of the running tool there, p95",
        at_most(300, "ms"),
        "the same with none waiting",
    ),
)
def first_event(bench: Bench) -> Iterator[Figure]:
    person, other = Person(bench.stack()), Person(bench.stack())
    rounds = bench.few(60, 10)
    for _ in range(5):  # warm-up; and the tool is known as a short one
        once(person)
    base = [once(person) for _ in range(rounds)]
    batch = other.batch("test.echo", 1000, prompt=WORDS, pause_ms=10_000)
    try:
        time.sleep(2)  # until the first of them runs
        ours = [once(person) for _ in range(rounds)]
    finally:
        other.cancel_batch(batch)
    for at, line in enumerate(("socket", "tool")):
        left, right = [one[at] for one in ours], [one[at] for one in base]
        yield bench.compared(line, left, right, "ms", percentile(0.95))


def once(person: Person) -> tuple[float, float]:
    """Milliseconds from the POST to (the first event, the tool's first word) at a socket on the job."""
    began = time.perf_counter()
    job = person.submit("test.nothing")
    first = 0.0
    with person.socket(f"/ws/jobs/{job}") as socket:
        while True:
            event = json.loads(socket.recv(timeout=60))
            now = (time.perf_counter() - began) * 1000
            first = first or now
            if event["kind"] == "progress":
                return first, now
            if event.get("final"):
                raise RuntimeError(f"the job ended without a word of the tool: {event}")

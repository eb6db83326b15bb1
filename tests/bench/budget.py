"""Two hundred mixed jobs on a node with little memory: none may run out of it, and the budget has to hold."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from tests.bench.harness import Bench, Estimate, Figure, Line, at_most, row
from tests.bench.harness.people import Person
from tests.bench.harness.resident import Watched

BUDGET = (
    2_000_000_000  # the picture model, the writer and the enlarger ask for 0.8, 0.6 and 0.8 GB in each place
)


@row(
    Line("failed", "of 200 mixed jobs, those that ran out of memory or failed", at_most(0, "jobs")),
    Line(
        "resident",
        "the most that the generation processes held at once, looked at ten times a second",
        at_most(1),
        "the node's budget",
    ),
    env={"STUDIO_MEMORY": str(BUDGET)},
    fresh=True,
)
def budget(bench: Bench) -> Iterator[Figure]:
    stack = bench.stack()
    people = [Person(stack) for _ in range(3)]
    picture = people[0].run("image.generate", prompt="a red apple", width=64, height=64, steps=2)
    source = picture["assets"][0]["id"]
    chance = random.Random(4)
    with Watched(stack) as seen:
        asked = []
        for _ in range(bench.few(200, 12)):
            kind, inputs = chance.choices(mix(source), weights=[4, 4, 1, 3])[0]
            person = people[0] if kind == "image.upscale" else chance.choice(people)
            asked.append((person, person.submit(kind, **inputs)))
        failed = [job for job in (person.ended(job) for person, job in asked) if job["state"] != "succeeded"]
    for job in failed[:3]:
        print(f"  {job['tool']}: {job['state']}: {job['error']}")
    yield Figure("failed", Estimate.once(len(failed)), "jobs", note=f"{len(asked)} jobs")
    yield bench.compared("resident", [seen.most / 1e6], [BUDGET / 1e6], "MB", note=f"{seen.looks} looks")


def mix(source: str) -> list[tuple[str, dict[str, Any]]]:
    """The kinds of jobs, by the memory that they ask for."""
    return [
        ("image.generate", {"prompt": "a red apple", "width": 64, "height": 64, "steps": 4}),
        ("text.write", {"prompt": "The sea.", "max_tokens": 12, "model": "smollm2-135m"}),
        ("image.upscale", {"image": source}),
        ("test.paint", {"prompt": "plain", "steps": 2, "pause_ms": 20}),
    ]

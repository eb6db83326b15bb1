"""What the studio adds to a picture of about five seconds, from submit to the asset that can be seen."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from tests.bench.bare.process import Bare
from tests.bench.harness import Bench, Figure, Line, at_most, of, row
from tests.bench.harness.people import Person

SECONDS = 5.0
MOST_STEPS = 150  # that image.generate takes


@row(
    Line(
        "ratio",
        "a picture of about 5 s, from submit to the asset",
        at_most(1.05),
        "the diffusers pipeline alone, without previews",
    ),
    Line("added", "of that, what the studio adds, whatever the length", None),
)
def pipeline(bench: Bench) -> Iterator[Figure]:
    person = Person(bench.stack())
    bare = Bare("image", bench.folder, threads=1)
    told: dict[str, Any] = {"prompt": "a red apple", "guidance": 3.0}
    try:
        bare.ask(**told, steps=4, seed=1)  # loads the last lazy parts
        a_step = bare.ask(**told, steps=20, seed=1)["seconds"] / 20
        steps = min(MOST_STEPS, bench.few(max(20, round(SECONDS / a_step)), 20))
        ours, base = bench.turns(
            bench.few(9, 3),
            lambda: asset_after(person, **told, steps=steps, seed=2, width=64, height=64, step_cache=False),
            lambda: bare.ask(**told, steps=steps, seed=2)["seconds"],
        )
    finally:
        bare.close()
    yield bench.compared("ratio", ours, base, "s", note=f"{steps} steps")
    added = [(left - right) * 1000 for left, right in zip(ours, base, strict=True)]
    yield Figure("added", of(added), "ms", rounds=len(added))


def asset_after(person: Person, **inputs: Any) -> float:
    """Seconds from the POST to the event of the asset."""
    began = time.perf_counter()
    job = person.submit("image.generate", **inputs)
    with person.socket(f"/ws/jobs/{job}") as socket:
        while True:
            said = socket.recv(timeout=120)
            event = json.loads(said) if isinstance(said, str) else {}
            if event.get("kind") == "asset":
                return time.perf_counter() - began
            if event.get("final"):
                raise RuntimeError(f"the job ended without an asset: {event}")

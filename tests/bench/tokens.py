"""The rate of words through the studio, whole requests: from submit to the final event."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.bench.bare.process import Bare
from tests.bench.harness import Bench, Figure, Line, at_least, row
from tests.bench.harness.people import Person

PROMPT = "Write a long story about a lighthouse keeper and the sea."


@row(
    Line(
        "",
        "tokens a second of text.write, one thread, whole requests with the stream read",
        at_least(0.95),
        "llama.cpp alone",
    )
)
def tokens(bench: Bench) -> Iterator[Figure]:
    person = Person(bench.stack())
    limit = bench.few(300, 60)
    bare = Bare("text", bench.folder, threads=1)

    def ours() -> float:
        began = time.perf_counter()
        job = person.run("text.write", prompt=PROMPT, max_tokens=limit, seed=5, model="smollm2-135m")
        took = time.perf_counter() - began
        asset = person.api.get(f"/api/v1/assets/{job['assets'][0]['id']}").raise_for_status().json()
        return float(asset["facts"]["tokens"]) / took

    def base() -> float:
        answer = bare.ask(prompt=PROMPT, max_tokens=limit, seed=5)
        return float(answer["tokens"]) / float(answer["seconds"])

    try:
        rates = bench.turns(bench.few(9, 3), ours, base)
    finally:
        bare.close()
    yield bench.compared("", *rates, "tokens/s", note=f"{limit} tokens")

"""A search by words among a hundred thousand assets: the first page of 50 over HTTP, and pages further on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import httpx

from tests.bench.gallery import servers
from tests.bench.harness import Bench, Figure, Line, at_most, of, percentile, row
from tests.bench.harness.bench import timed
from tests.bench.seed import signed_in, studio_with

COUNT = 100_000
ASKED = {  # words that everything or much has, few have, nothing has; two letters; other scripts; several; with filters
    "much": ("words that most have", ["image", "a", "generate", "and a"]),
    "some": (
        "words that some have",
        ["lighthouse", "harbour night", "small red fox", "watercolour rain", "35 mm"],
    ),
    "rare": (
        "words that few or none have",
        ["kamirotel", "dorshalinbo", "xylophone", "zzzz", "lighthouse zzzz"],
    ),
    "short": ("two letters", ["li", "fo", "ca", "th", "qu", "zq"]),
    "script": ("words of other scripts", ["東京", "夜", "маяк", "منارة", "서울", "φαρος"]),
    "narrow": (
        "words that all have, with a filter that little meets",
        [
            "a&medium=video",
            "a&tag=hero&medium=speech",
            "image&tool=text.write",
            "a&tool=none",
            "a&model=smollm2-135m",
        ],
    ),
}


def lines(database: str) -> tuple[Line, ...]:
    return tuple(
        Line(kind, f"search at {COUNT:,} assets, p95: {words}, {database}", at_most(50, "ms"))
        for kind, (words, _asked) in ASKED.items()
    )


def measure(bench: Bench, database: str) -> Iterator[Figure]:
    with servers(database) as new_env, ExitStack() as open_until_the_end:
        count = bench.few(COUNT, COUNT // 50)
        person = signed_in(open_until_the_end.enter_context(studio_with(bench, count, new_env())))
        for kind, (_words, asked) in ASKED.items():
            times = [
                milliseconds
                for number in range(bench.few(25, 2))
                for q in asked
                for milliseconds in _pages(person, q, 1 + number % 3)
            ]
            yield Figure(kind, of(times, percentile(0.95)), "ms", rounds=len(times))


def _pages(person: httpx.Client, q: str, most: int) -> Iterator[float]:
    """Milliseconds of the first page and of those after it."""
    path = f"/api/v1/assets?q={q}"
    cursor = ""
    for _ in range(most):
        answers: list[httpx.Response] = []
        yield timed(lambda: answers.append(person.get(path + cursor).raise_for_status())) * 1000  # noqa: B023
        after = answers[0].json()["next"]
        if after is None:
            return
        cursor = f"&cursor={after}"


@row(*lines("SQLite"))
def search(bench: Bench) -> Iterator[Figure]:
    return measure(bench, "SQLite")

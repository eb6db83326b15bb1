"""A page of the gallery at a hundred thousand and at a million assets, against the same page at a thousand.

Over HTTP, each studio with a web process and a database of its own, at random depths of the list. The page's HTML (60
assets), and the API's list (20) plain, with filters, and with two of them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import httpx

from studio.checks import postgres
from tests.bench.harness import Bench, Figure, Line, at_most, row
from tests.bench.harness.bench import timed
from tests.bench.seed import SPAN_S, signed_in, studio_with

LIST = "/api/v1/assets?limit=20"
KINDS = {
    "page": "/gallery/?",
    "list": LIST,
    "medium": f"{LIST}&medium=text",
    "tool": f"{LIST}&tool=image.upscale",
    "tag": "/api/v1/assets?limit=10&tag=night",  # one asset in twenty-four has it
    "both": f"{LIST}&medium=image&tool=image.upscale",
}
WORDS = {
    "page": "the gallery's page",
    "list": "the API's list",
    "medium": "the list of one medium",
    "tool": "the list of one tool",
    "tag": "the list of one tag",
    "both": "the list of one medium and tool",
}
BASE = 1_000
SIZES = {"100k": (100_000, 1.5), "1m": (1_000_000, 2.0)}


def lines(database: str) -> tuple[Line, ...]:
    return tuple(
        Line(
            f"{kind}_{size}",
            f"{words} at {count:,} assets, {database}",
            at_most(bound),
            f"at {BASE:,}",
        )
        for size, (count, bound) in SIZES.items()
        for kind, words in WORDS.items()
    )


@contextmanager
def servers(database: str) -> Iterator[Callable[[], dict[str, str]]]:
    """Makes the environment of one more studio: a database of its own."""
    if database == "SQLite":
        yield dict
        return
    with ExitStack() as running:
        yield lambda: {"DATABASE_URL": running.enter_context(postgres.server())}


def measure(bench: Bench, database: str) -> Iterator[Figure]:
    sizes = {size: bench.few(count, count // 50) for size, (count, _bound) in SIZES.items()}
    with servers(database) as new_env, ExitStack() as open_until_the_end:
        people = {
            name: signed_in(open_until_the_end.enter_context(studio_with(bench, count, new_env())))
            for name, count in {"base": BASE, **sizes}.items()
        }
        drawn = random.Random(1)
        for size in sizes:
            for kind, path in KINDS.items():
                rounds = bench.few(80, 3)
                ours, base = bench.turns(
                    rounds,
                    lambda size=size, path=path: _once(people[size], path, drawn),  # type: ignore[misc]
                    lambda path=path: _once(people["base"], path, drawn),  # type: ignore[misc]
                    warm=5,
                )
                yield bench.compared(f"{kind}_{size}", ours, base, "ms")


def _once(person: httpx.Client, path: str, drawn: random.Random) -> float:
    """Milliseconds of one page that begins somewhere in the newer half of the list, so that none is a short one."""
    at_ms = int((time.time() - drawn.random() * SPAN_S / 2) * 1000)
    cursor = f"{at_ms << 80:032x}"

    def ask() -> None:
        answer = person.get(
            f"{path}&cursor={cursor[:8]}-{cursor[8:12]}-{cursor[12:16]}-{cursor[16:20]}-{cursor[20:]}"
        )
        answer.raise_for_status()
        if answer.headers["Content-Type"].startswith("application/json"):
            assert f"limit={len(answer.json()['items'])}&" in f"{path}&"
        else:
            assert answer.text.count('class="tile"') == 60

    return timed(ask) * 1000


@row(*lines("SQLite"))
def gallery(bench: Bench) -> Iterator[Figure]:
    return measure(bench, "SQLite")

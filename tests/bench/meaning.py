"""Search by meaning: what it finds against search by words, and how long it takes among a hundred thousand vectors.

Forty questions in other words than the prompts' (meaning_questions.toml), asked of 2,000 pictures whose prompts are
captions of the built-in model's training data. A question is hit where one of the first ten assets shows what was asked
for. The search by words is the list's, newest first, of the same assets; it wants all words of the question, so that a
second one, kinder to it, asks for the question's single words and takes those that most of them are in.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from tests.bench.harness import Bench, Estimate, Figure, Line, at_least, at_most, of, percentile, row
from tests.bench.harness.bench import timed
from tests.bench.meaning_prompts import COUNT, QUESTIONS, prompts
from tests.bench.seed import signed_in
from tests.stack import ROOT, Stack

MANY = 100_000
FIRST = 10
START_S = 120
SMALL = {"a", "an", "and", "by", "from", "in", "like", "of", "on", "that", "the", "to", "with"}


@contextmanager
def studio_with(bench: Bench, kind: str, count: int) -> Iterator[Stack]:
    """A running studio with such rows (meaning_rows.py)."""
    stack = bench.new_stack({"STUDIO_MEANING": "1"})
    stack.data.mkdir(parents=True)
    fill = [sys.executable, "-m", "tests.bench.meaning_rows", kind, str(count)]
    subprocess.run(fill, env=stack.env, cwd=ROOT, check=True)
    stack.start()
    try:
        yield stack
    finally:
        stack.stop()


def wait_until_it_answers(stack: Stack, person: httpx.Client) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        if _best(person, "a house")["meaning"] == "answered":
            return
        time.sleep(0.2)
    raise RuntimeError(f"search by meaning does not answer after {START_S} s:\n{stack.logs()}")


def _best(person: httpx.Client, question: str, most: int = FIRST) -> dict[str, object]:
    answer: dict[str, object] = (
        person.get("/api/v1/assets/search", params={"q": question, "limit": most}).raise_for_status().json()
    )
    return answer


def by_meaning(person: httpx.Client, question: str) -> list[str]:
    """Prompts of the first ten, as the page shows them: words and meaning in one list."""
    for _ in range(20):
        found = _best(person, question)
        if found["meaning"] == "answered":
            return [item["prompt"] for item in found["items"]]  # type: ignore[attr-defined]
    raise RuntimeError("search by meaning does not answer")


def by_words(person: httpx.Client, question: str, most: int = FIRST) -> list[str]:
    answer = person.get("/api/v1/assets", params={"q": question, "limit": most}).raise_for_status()
    return [item["prompt"] for item in answer.json()["items"]]


def by_single_words(person: httpx.Client, question: str) -> list[str]:
    told: Counter[str] = Counter()
    for word in set(question.lower().split()) - SMALL:
        told.update(dict.fromkeys(by_words(person, word, 200), 1))
    return [prompt for prompt, _n in told.most_common(FIRST)]


SEARCHES: dict[str, tuple[str, Callable[[httpx.Client, str], list[str]]]] = {
    "meaning": ("by meaning", by_meaning),
    "words": ("by words, all of the question's", by_words),
    "any": ("by words, any of the question's", by_single_words),
}


def lines() -> Iterator[Line]:
    for name, (words, _search) in SEARCHES.items():
        goal = at_least(80, "%") if name == "meaning" else None
        yield Line(
            f"hit_{name}", f"40 questions hit within the first 10 of {COUNT:,} pictures, {words}", goal
        )
        yield Line(f"right_{name}", f"of the first 10, those that are right, {words}", None)
    yield Line("p95", f"a search by meaning at {MANY:,} vectors, over HTTP, p95, SQLite", at_most(300, "ms"))


@row(*lines())
def meaning(bench: Bench) -> Iterator[Figure]:
    count = bench.few(COUNT, COUNT // 10)
    concepts = dict(prompts(count))
    with studio_with(bench, "captions", count) as stack:
        person = signed_in(stack)
        wait_until_it_answers(stack, person)
        there = {concept for shown in concepts.values() for concept in shown}
        asked = {q: set(wanted) for q, wanted in QUESTIONS.items() if there & set(wanted)}
        for name, (_words, search) in SEARCHES.items():
            found = {
                q: [bool(wanted & set(concepts[p])) for p in search(person, q)] for q, wanted in asked.items()
            }
            hits, right = (sum(map(how, found.values())) for how in (any, sum))
            yield Figure(
                f"hit_{name}",
                Estimate.once(100 * hits / len(asked)),
                "%",
                rounds=len(asked),
                note=f"{hits} of {len(asked)}",
            )
            yield Figure(
                f"right_{name}", Estimate.once(100 * right / (FIRST * len(asked))), "%", rounds=len(asked)
            )
    with studio_with(bench, "vectors", bench.few(MANY, MANY // 50)) as stack:
        person = signed_in(stack)
        wait_until_it_answers(stack, person)
        times: list[float] = []
        late = 0
        for _ in range(bench.few(8, 1)):
            for question in QUESTIONS:
                found_: list[dict[str, object]] = []
                times.append(timed(lambda: found_.append(_best(person, question, 50))) * 1000)  # noqa: B023
                late += found_[0]["meaning"] != "answered"
        note = f"{late} of {len(times)} answered by words alone" if late else ""
        yield Figure("p95", of(times, percentile(0.95)), "ms", rounds=len(times), note=note)

"""Three models, two places, four people: how often a job meets its model already loaded, and who gets how much.

Each person has eight jobs waiting or running at any time, of models drawn by Zipf's law, everybody with another favourite.
The memory of the node holds two models. Random routing is reckoned from the same sequence: jobs in turns of the people,
each to a place drawn at random, which holds the model that it ran last.
"""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.bench.harness import Bench, Estimate, Figure, Line, at_least, at_most, of, row
from tests.bench.harness.people import Person

MODELS = ("bench-a", "bench-b", "bench-c")
PEOPLE = 4
WAITING = 8  # of each person at a time
MODEL_BYTES = 400_000_000  # what loading one is declared to take
MAKE_MODELS = """
from pathlib import Path
from django.conf import settings
from generators.lab import weights
from studio.catalog.models import ModelCard, ModelState
for name in {names}:
    path = Path(settings.DATA) / "models" / name / "weights.gguf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"GGUF" + name.encode() * 1000)
    ModelCard.objects.create(name=name, title=name, task="bench", format="gguf", path=str(path),
        digest=weights.digest_of(path), bytes=path.stat().st_size, memory_bytes={memory},
        state=ModelState.INSTALLED, source={{"kind": "added"}})
"""


@dataclass(frozen=True)
class Ran:
    """A job that has run: whether its model was loaded already, seconds that it ran, seconds that it waited."""

    warm: bool
    run_s: float
    wait_s: float


@row(
    Line(
        "hits",
        "jobs that meet their model loaded: 3 models, 2 places, Zipf mix of 4 people",
        at_least(85, "%"),
        "random routing, from the same sequence",
    ),
    Line("share", "the most that one person got of the machine's time", at_most(2), "an equal share"),
    Line("wait", "the longest that a job waited", None, "the median"),
    env={"STUDIO_MEMORY": str(int(2.5 * MODEL_BYTES)), "STUDIO_MAKE_SLOTS": "2"},
    fresh=True,
)
def warm(bench: Bench) -> Iterator[Figure]:
    stack = bench.stack()
    stack.manage("shell", "-c", MAKE_MODELS.format(names=MODELS, memory=MODEL_BYTES))
    sequences = [drawn(number, bench.few(90, 12)) for number in range(PEOPLE)]
    people = [Person(stack) for _ in sequences]
    Person(stack).run("test.dear", model=MODELS[0])  # its time is known: both places take it
    stopped = threading.Event()
    with ThreadPoolExecutor(PEOPLE) as pool:
        work = zip(people, sequences, strict=True)
        done = list(pool.map(lambda one: keep_asking(one[0], one[1], stopped), work))
    jobs = [job for mine in done for job in mine]
    hits = [job.warm for job in jobs]
    random_hits = by_chance(sequences)
    yield Figure(
        "hits",
        of([100.0 * hit for hit in hits], lambda some: sum(some) / len(some)),
        "%",
        Estimate.once(100 * random_hits),
        Estimate.once(sum(hits) / len(hits) / random_hits),
        len(hits),
        f"{len(hits)} jobs, {len(hits) - sum(hits)} loads",
    )
    spent = [sum(job.run_s for job in mine) for mine in done]
    equal = sum(spent) / len(spent)
    yield Figure(
        "share", Estimate.once(max(spent)), "s", Estimate.once(equal), most_of_equal(done), len(jobs)
    )
    waits = [job.wait_s for job in jobs]
    yield bench.compared("wait", [max(waits)], [of(waits).value], "s")


def most_of_equal(done: list[list[Ran]]) -> Estimate:
    """What the person with the most time got, over an equal share; the interval from resampling everybody's jobs."""

    def most(some: list[list[Ran]]) -> float:
        spent = [sum(job.run_s for job in mine) for mine in some]
        return max(spent) * len(spent) / sum(spent)

    chance = random.Random(1)
    again = sorted(most([chance.choices(mine, k=len(mine)) for mine in done]) for _ in range(1000))
    return Estimate(most(done), again[25], again[974])


def drawn(number: int, count: int) -> list[str]:
    """A person's jobs: models by Zipf's law (1, 1/2, 1/3), the favourite is another one for each."""
    mine = [MODELS[(number + place) % len(MODELS)] for place in range(len(MODELS))]
    return random.Random(number).choices(mine, weights=[1, 1 / 2, 1 / 3], k=count)


def keep_asking(person: Person, models: list[str], stopped: threading.Event) -> list[Ran]:
    """Run these jobs, `WAITING` of them at a time, until the first person has no more to ask for: the jobs that ended
    while everybody still had some waiting, with what each says of its model."""
    left = iter(models)
    asked = [person.submit("test.dear", model=model) for model in itertools.islice(left, WAITING)]
    ended: list[Ran] = []
    until = time.monotonic() + 300
    while not stopped.is_set() and time.monotonic() < until:
        for job in list(asked):
            found = person.job(job)
            if found["state"] == "failed":
                raise RuntimeError(f"a job failed: {found['error']}")
            if found["state"] != "succeeded":
                continue
            asked.remove(job)
            events = person.api.get(f"/api/v1/jobs/{job}/events").raise_for_status().json()["events"]
            notes = Counter(event.get("note") for event in events)
            ended.append(Ran(notes["warm"] > 0, found["run_s"], found["wait_s"]))
            model = next(left, None)
            if model is None:
                stopped.set()
                break
            asked.append(person.submit("test.dear", model=model))
        time.sleep(0.05)
    for job in asked:
        person.api.post(f"/api/v1/jobs/{job}/cancel")
    return ended


def by_chance(sequences: list[list[str]], places: int = 2) -> float:
    """Share of hits where each job goes to a place drawn at random; the mean of a thousand draws."""
    turns = [model for turn in zip(*sequences, strict=True) for model in turn]
    hits = 0
    for draw in range(1000):
        chance, held = random.Random(draw), [""] * places
        for model in turns:
            place = chance.randrange(places)
            hits += held[place] == model
            held[place] = model
    return hits / (1000 * len(turns))

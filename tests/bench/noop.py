"""What the queue itself costs: a job that does nothing, from submit to the final event at a socket.

Baseline: a bare Celery task on the same Redis that publishes "done".
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import redis

from studio.processes import spawn, stop
from tests.bench.harness import Bench, Figure, Line, at_most, row
from tests.bench.harness.people import Person
from tests.stack import ROOT


@row(
    Line(
        "p50",
        "a job that does nothing, from submit to the final event at a socket, the machine idle",
        at_most(30, "ms"),
    ),
    Line("bare", "the same against a bare task of the queue", None, "a bare Celery task, same Redis"),
)
def noop(bench: Bench) -> Iterator[Figure]:
    person = Person(bench.stack())
    url = bench.stack().redis_url
    os.environ["BENCH_REDIS"] = url
    argv = [sys.executable, "-m", "celery", "-A", "tests.bench.bare.celery_app", "worker", "-P", "threads"]
    argv += ["-c", "1", "-l", "ERROR", "--without-gossip", "--without-mingle"]
    worker = spawn(argv, env=os.environ, cwd=ROOT, output=subprocess.DEVNULL)
    heard = redis.Redis.from_url(url).pubsub()  # type: ignore[no-untyped-call]
    heard.subscribe("bench:done")
    numbers = iter(range(10**6))
    try:
        ours, base = bench.turns(
            bench.few(80, 15),
            lambda: through_the_studio(person),
            lambda: through_celery(next(numbers), heard),
            warm=5,
        )
    finally:
        stop(worker, limit_s=5)
        heard.close()
    figure = bench.compared("bare", ours, base, "ms")
    yield Figure("p50", figure.ours, "ms", rounds=len(ours))
    yield figure


def through_the_studio(person: Person) -> float:
    """Milliseconds from the POST to the final event of a socket on the team's feed."""
    with person.socket(f"/ws/team/{person.team}") as socket:
        time.sleep(0.05)
        began = time.perf_counter()
        job = person.submit("test.nothing")
        while True:
            event = json.loads(socket.recv(timeout=30))
            if event.get("job") == job and event.get("state") == "succeeded":
                return (time.perf_counter() - began) * 1000


def through_celery(number: int, heard: redis.client.PubSub) -> float:
    from tests.bench.bare.celery_app import done

    began = time.perf_counter()
    done.delay(number)
    while True:
        message = heard.get_message(ignore_subscribe_messages=True, timeout=30)
        if message and int(message["data"]) == number:
            return (time.perf_counter() - began) * 1000

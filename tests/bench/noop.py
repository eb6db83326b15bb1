"""What the queue itself costs: a job that does nothing, from submit to the final event at a socket.

python -m tests.bench.noop [rounds]

Baseline, in the same run and in turns with it: a bare Celery task on the same Redis that publishes "done". Prints the
median and 95th percentile of both in milliseconds, and the ratio of the medians.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import redis
from websockets.sync.client import connect

from tests.stack import ROOT, Stack

GOAL_MS = 30.0


def studio_once(api: httpx.Client, url: str) -> float:
    """Milliseconds from the POST to the final event of a socket on the team's feed."""
    with connect(
        url, additional_headers={"Authorization": api.headers["Authorization"]}, proxy=None
    ) as socket:
        time.sleep(0.05)
        began = time.perf_counter()
        job = (
            api.post("/api/v1/jobs", json={"tool": "test.nothing", "inputs": {}})
            .raise_for_status()
            .json()["id"]
        )
        while True:
            event = json.loads(socket.recv(timeout=30))
            if event.get("job") == job and event.get("state") == "succeeded":
                return (time.perf_counter() - began) * 1000


def bare_once(number: int, heard: redis.client.PubSub) -> float:
    from tests.bench.echo_app import done

    began = time.perf_counter()
    done.delay(number)
    while True:
        message = heard.get_message(ignore_subscribe_messages=True, timeout=10)
        if message and int(message["data"]) == number:
            return (time.perf_counter() - began) * 1000


def line(name: str, times: list[float]) -> str:
    times = sorted(times)
    return (
        f"{name:28} p50 {statistics.median(times):6.1f} ms   p95 {times[int(len(times) * 0.95) - 1]:6.1f} ms"
    )


def main(rounds: int) -> None:
    stack = Stack(Path(tempfile.mkdtemp(prefix="bench-")), {"STUDIO_EXTRA_TOOLS": "tests.tools"})
    stack.start()
    os.environ["BENCH_REDIS"] = stack.redis_url
    argv = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "tests.bench.echo_app",
        "worker",
        "-P",
        "threads",
        "-c",
        "1",
    ]
    bare = subprocess.Popen(
        [*argv, "-l", "ERROR", "--without-gossip", "--without-mingle"], cwd=ROOT, stderr=subprocess.DEVNULL
    )
    try:
        api = stack.client(stack.token())
        team = api.get("/api/v1/me").json()["teams"][0]["id"]
        url = f"{stack.url.replace('http', 'ws')}/ws/team/{team}"
        heard = redis.Redis.from_url(stack.redis_url).pubsub()  # type: ignore[no-untyped-call]
        heard.subscribe("bench:done")
        for number in range(5):  # warm-up of both
            studio_once(api, url)
            bare_once(-number - 1, heard)
        studio, celery = [], []
        for number in range(rounds):
            studio.append(studio_once(api, url))
            celery.append(bare_once(number + 1, heard))
        print(line("studio, submit to socket", studio))
        print(line("bare Celery, send to publish", celery))
        ratio = statistics.median(studio) / statistics.median(celery)
        print(
            f"ratio of medians {ratio:.1f}; goal of the first: p50 at most {GOAL_MS:.0f} ms on an idle machine"
        )
    finally:
        bare.terminate()
        stack.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)

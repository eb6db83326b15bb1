"""One job's events at two hundred sockets, against bare ASGI; and what clients that stop reading cost the others.

The clock is cut into slices, four again and again: the studio speaks alone, the clients that will not read come, the
studio speaks with them there, the bare application speaks. So all is measured in turns, and the sockets stay open.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator

from studio.processes import spawn, stop
from studio.setup import ports
from tests.bench.harness import Bench, Figure, Line, at_most, percentile, row
from tests.bench.harness.people import Person
from tests.bench.harness.sockets import Listener, listen, listen_many
from tests.bench.tools import SLICES
from tests.stack import ROOT

SLICE_S = 2.0
ALONE, COMING, BESIDE, BARE = range(SLICES)
LATE_S = 0.4  # what is heard so long after its slice still counts
FLOOD = 20  # large words, 8 MB in all: more than the kernel and the server hold for a client
STOPPED = 5
_STAMP = re.compile(rb"<(\d{18,20})>")
P95 = percentile(0.95)


@row(
    Line(
        "p95",
        "one job's events at 200 sockets, from the tool's word to the socket, p95 of each burst",
        at_most(3),
        "a bare ASGI application under the same server",
    ),
    Line(
        "stopped",
        f"the same while {STOPPED} more clients do not read, p95",
        at_most(1.1),
        "none such",
    ),
)
def fanout(bench: Bench) -> Iterator[Figure]:
    person = Person(bench.stack())
    cycles, sockets = bench.few(8, 2), bench.few(200, 30)
    seconds = 2.5 * FLOOD * 0.125 + sockets * 0.25 + (cycles + 1) * SLICES * SLICE_S + 20
    job = person.submit("test.stamps", seconds=seconds, slice_s=SLICE_S, slices=[ALONE, BESIDE], flood=FLOOD)
    port = ports.free()
    bare = spawn(
        bare_command(port),
        env={**os.environ, "BENCH_SLICE_S": str(SLICE_S), "BENCH_SLICE": str(BARE)},
        cwd=ROOT,
        output=subprocess.DEVNULL,
    )
    try:
        wait_for_port(port)
        found = asyncio.run(measured(person, job, f"http://127.0.0.1:{port}", sockets=sockets, cycles=cycles))
    finally:
        stop(bare, limit_s=5)
        person.api.post(f"/api/v1/jobs/{job}/cancel").raise_for_status()
    yield bench.compared("p95", found[ALONE], found[BARE], "ms", note=f"{sockets} sockets")
    yield bench.compared("stopped", found[BESIDE], found[ALONE], "ms")


def bare_command(port: int) -> list[str]:
    """As the supervisor starts the web process, but for the application."""
    return [
        *(sys.executable, "-m", "uvicorn", "tests.bench.bare.sockets_app:app", "--host", "127.0.0.1"),
        *("--port", str(port), "--ws", "websockets-sansio", "--no-access-log", "--log-level", "warning"),
        "--no-server-header",
    ]


def wait_for_port(port: int) -> None:
    import socket

    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the bare application does not answer")


async def measured(
    person: Person, job: str, bare_url: str, *, sockets: int, cycles: int
) -> dict[int, list[float]]:
    """By slice (ALONE, BARE, BESIDE): the p95 in milliseconds of each burst."""
    path = f"/ws/jobs/{job}"
    first = await flooded(person, job)
    ours = await listen_many(person.stack.url, f"{path}?after={first}", person.headers, sockets)
    theirs = await listen_many(bare_url, "/", {}, sockets)
    stopped: list[Listener] = []
    found: dict[int, list[float]] = {ALONE: [], BESIDE: [], BARE: []}
    start = SLICES * (int(time.time() / SLICE_S) // SLICES + 1)  # the next slice of the first kind
    for number in range(start, start + SLICES * cycles):
        kind = number % SLICES
        await clock_is(number * SLICE_S)
        if kind == COMING:
            stopped = [
                await listen(person.stack.url, f"{path}?after=0", person.headers, reads=False)
                for _ in range(STOPPED)
            ]
            continue
        listeners = theirs if kind == BARE else ours
        for listener in listeners:
            listener.heard.clear()
        await clock_is((number + 1) * SLICE_S + LATE_S)
        found[kind].append(P95(latencies(listeners)))
        for listener in stopped:
            listener.transport.abort()
        stopped = []
    for listener in ours + theirs:
        listener.transport.abort()
    return found


async def flooded(person: Person, job: str) -> int:
    """The number of the last large event, once they are all stored."""
    while True:
        await asyncio.sleep(0.5)
        listener = await listen(person.stack.url, f"/ws/jobs/{job}", person.headers)
        await asyncio.sleep(1.5)
        listener.transport.abort()
        large = sum(payload.count(b"." * 400_000) for _at, payload in listener.heard)
        if large >= FLOOD:
            return max(
                int(re.search(rb'"n": ?(\d+)', payload).group(1))  # type: ignore[union-attr]
                for _at, payload in listener.heard
                if len(payload) > 100_000
            )


async def clock_is(wanted: float) -> None:
    await asyncio.sleep(max(0.0, wanted - time.time()))


def latencies(listeners: list[Listener]) -> list[float]:
    """Milliseconds from each stamp to when it was heard. RuntimeError where a socket heard nothing."""
    found = []
    for listener in listeners:
        stamps = [(at, _STAMP.search(payload)) for at, payload in listener.heard]
        mine = [at * 1000 - int(stamp.group(1)) / 1e6 for at, stamp in stamps if stamp is not None]
        if not mine:
            raise RuntimeError("a socket heard nothing in a whole slice")
        found += mine
    return found

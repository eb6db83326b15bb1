"""The faults of a storm, and the order in which a seed throws them. Each starts work, hurts, and gives what to check."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import psutil

from tests.faults.checker import Found
from tests.faults.recorder import ENDED, Recorder
from tests.faults.spine import Spine

AGAIN_WITHIN_S = 15.0
FORTY = 40
TRANSPORTS = ("poll", "sse", "ws")


class Scene:
    """What a fault works with: the spine, the recorder, its own dice; what it asked for and found."""

    def __init__(self, spine: Spine, recorder: Recorder, rng: random.Random) -> None:
        self.spine, self.recorder, self.rng = spine, recorder, rng
        self.ids: list[str] = []
        self.found: list[Found] = []
        self.again_s: list[float] = []  # how long jobs of a killed worker took to run again

    def paint(self, *, tool: str = "test.paint", may: Sequence[str] = ("succeeded",), **inputs: Any) -> str:
        """A job of about half a second with one to three pictures, followed in one of the three ways, cut or not."""
        rng = self.rng
        asked: dict[str, Any] = {
            "prompt": "x",
            "steps": rng.randint(3, 6),
            "pause_ms": rng.randint(30, 70),
            "count": rng.choice((1, 1, 2, 3)),
            "seed": rng.randrange(2**32),
        } | inputs
        job = self.recorder.submit(tool, may=may, **asked)
        self.ids.append(job)
        dice = random.Random(rng.random()) if rng.random() < 0.5 else None
        self.recorder.follow(job, rng.choice(TRANSPORTS), rng=dice)
        return job

    def pause(self, low: float, high: float) -> None:
        time.sleep(self.rng.uniform(low, high))

    def say(self, kind: str, where: str, words: str) -> None:
        self.found.append(Found(kind, where, words))

    def forgotten(self) -> list[str]:
        """Processes that tools have started and left to themselves."""
        return [line for line in self.spine.left() if "left behind by a test tool" in line]

    def gone(self, started: set[str], seconds: float = 5.0) -> None:
        """These must end with the process that started them."""
        until = time.monotonic() + seconds
        while left := started & set(self.forgotten()):
            if time.monotonic() > until:
                self.say("orphan", left.pop(), "a process that a tool started outlived it")
                return
            time.sleep(0.1)

    def end(self) -> None:
        """Wait until all is over; the checker says which is stuck."""
        for job in self.ids:
            self.recorder.wait(job)

    def watch_again(self, killed: Sequence[str], since: float, *, within_s: float = AGAIN_WITHIN_S) -> None:
        """Jobs that ran on a node that was killed must have ended or run again within 15 s."""
        open_ids = [job for job in self.ids if (row := self.recorder.job(job))["state"] not in ENDED]
        before = {job: self.recorder.job(job) for job in open_ids}
        hit = {j: r["attempts"] for j, r in before.items() if r["state"] == "running" and r["node"] in killed}
        while hit:
            passed = time.time() - since
            for job, attempts in list(hit.items()):
                row = self.recorder.job(job)
                if row["attempts"] > attempts or row["state"] in ENDED:
                    del hit[job]
                    if within_s == AGAIN_WITHIN_S:  # the figure is of one fault, not of two at once
                        self.again_s.append(round(passed, 2))
            if passed > within_s:
                words = f"its worker was killed {passed:.0f} s ago and it does not run again"
                self.found += [Found("late", job, words) for job in hit]
                return
            time.sleep(0.05)


@dataclass(frozen=True)
class Fault:
    """nodes: how many must be up before it begins. rare: only in the long run."""

    name: str
    hurt: Callable[[Scene], None]
    nodes: int = 1
    rare: bool = False


def _node_of(workers: dict[str, int], pid: int) -> list[str]:
    return [node for node, known in workers.items() if known == pid]


def worker_killed_at(point: str) -> Callable[[Scene], None]:
    def hurt(scene: Scene) -> None:
        workers = scene.spine.workers()
        scene.spine.arm(point)
        for _ in range(2):
            scene.paint()
        pid, at = scene.spine.wait_fired(point)
        scene.watch_again(_node_of(workers, pid), at)

    return hurt


def worker_killed_at_random(scene: Scene) -> None:
    for _ in range(3):
        scene.paint()
    scene.pause(0.0, 1.2)
    node = scene.rng.choice(sorted(scene.spine.workers()))
    with contextlib.suppress(ProcessLookupError):
        os.kill(scene.spine.workers()[node], signal.SIGKILL)
    scene.watch_again([node], time.time())


def worker_stopped(scene: Scene) -> None:
    """A zombie: stopped in the middle of a job for longer than its lease, then woken when another has taken over."""
    job = scene.paint(steps=15, pause_ms=80)
    row = scene.recorder.wait_progress(job)
    pid = scene.spine.workers().get(row["node"])
    if pid is None:
        return
    os.kill(pid, signal.SIGSTOP)
    try:
        scene.watch_again([row["node"]], time.time())
        scene.pause(0.0, 1.5)
    finally:
        os.kill(pid, signal.SIGCONT)


def worker_stopped_at(point: str, seconds: float = 4.5) -> Callable[[Scene], None]:
    """The same at a named point, such as between the rename and the rows, or with the database's write lock held."""

    def hurt(scene: Scene) -> None:
        scene.spine.arm(point, "STOP")
        scene.paint(count=2)
        pid, _at = scene.spine.wait_fired(point)
        try:
            time.sleep(seconds)
        finally:
            os.kill(pid, signal.SIGCONT)

    return hurt


def child_dies(where: str) -> Callable[[Scene], None]:
    def hurt(scene: Scene) -> None:
        once = scene.spine.once(f"{where}-{scene.rng.random()}")
        scene.paint(tool="test.fragile", dies=where, once=once)
        scene.paint()

    return hurt


def child_killed_at_random(scene: Scene) -> None:
    job = scene.paint(steps=8)
    scene.recorder.wait(job, "running")
    scene.pause(0.0, 0.8)
    for child in scene.spine.children(scene.recorder.job(job)["node"]):
        with contextlib.suppress(psutil.Error):
            child.kill()


def web_killed_at_random(scene: Scene) -> None:
    scene.paint()
    scene.paint(steps=8)
    scene.pause(0.0, 0.6)
    scene.spine.stack.kill("web")
    scene.paint()


def web_killed_at_submit(scene: Scene) -> None:
    """The row is there and the client never heard: it asks again with its key and gets the same job."""
    scene.spine.arm("submitted-not-answered")
    scene.paint()
    scene.spine.wait_fired("submitted-not-answered", 1.0)


def sweeper_killed_at(point: str) -> Callable[[Scene], None]:
    def hurt(scene: Scene) -> None:
        scene.spine.arm(point)
        workers = scene.spine.workers()
        scene.spine.arm("mid-step")
        scene.paint(steps=8)
        pid, at = scene.spine.wait_fired("mid-step")
        scene.spine.wait_fired(point)
        scene.watch_again(_node_of(workers, pid), at, within_s=2 * AGAIN_WITHIN_S)  # two faults at once

    return hurt


def sweeper_killed_at_random(scene: Scene) -> None:
    scene.spine.stack.kill("sweeper")
    scene.paint()
    scene.paint()


def redis_killed(scene: Scene) -> None:
    """It comes back empty: whatever lay in it is gone."""
    scene.paint()
    scene.pause(0.0, 0.5)
    scene.spine.kill_redis()
    scene.paint()
    scene.pause(0.0, 2.0)
    scene.spine.start_redis()
    scene.paint()


def redis_line(mode: str) -> Callable[[Scene], None]:
    def hurt(scene: Scene) -> None:
        scene.paint()
        scene.spine.proxy.set(mode, scene.rng.uniform(0.1, 0.5))
        began = time.monotonic()
        scene.paint()
        took = time.monotonic() - began
        if took > 2.0:  # one try without Redis costs at most what its limits allow
            scene.found.append(Found("slow", "web", f"with a {mode} Redis a submit took {took:.1f} s"))
        scene.pause(1.0, 2.5)
        scene.spine.proxy.set("open")

    return hurt


def plan() -> list[Fault]:
    """All kinds of faults on either database; forty of them are not rare."""
    from tests.faults import matter, people
    from tests.faults.plugin.points import SWEEPER_POINTS, WORKER_POINTS

    faults = [Fault(f"worker killed at {point}", worker_killed_at(point), 2) for point in WORKER_POINTS]
    faults += [Fault(f"child dies at {where}", child_dies(where)) for where in ("loading", "step", "made")]
    faults += [Fault(f"sweeper killed {point}", sweeper_killed_at(point), 2) for point in SWEEPER_POINTS]
    faults += [Fault(f"Redis {mode}", redis_line(mode)) for mode in ("slow", "cut", "hole")]
    faults += [
        Fault("worker killed at random", worker_killed_at_random, 2),
        Fault("worker killed at random again", worker_killed_at_random, 2, rare=True),
        Fault("worker stopped in a step", worker_stopped, 2),
        Fault("worker stopped at renamed-not-committed", worker_stopped_at("renamed-not-committed"), 2),
        Fault("worker stopped at rows-not-committed", worker_stopped_at("rows-not-committed"), 1),
        Fault("child killed at random", child_killed_at_random, rare=True),
        Fault("web killed at random", web_killed_at_random),
        Fault("web killed at submit", web_killed_at_submit),
        Fault("sweeper killed at random", sweeper_killed_at_random, rare=True),
        Fault("Redis killed, back empty", redis_killed),
    ]
    return faults + matter.faults() + people.faults()


def storm(seed: int, *, every: bool = False, scaled: bool = False) -> list[Fault]:
    """Forty in the order of a seed; those that need both nodes up alternate with the others, which gives time.

    every: forty drawn from all kinds, the rare ones included. scaled: with them, the faults of PostgreSQL and of a bucket.
    """
    from tests.faults import outages

    rng = random.Random(seed)
    kinds = plan()
    chosen = rng.sample(kinds, FORTY) if every else [fault for fault in kinds if not fault.rare]
    chosen += outages.faults() if scaled else []
    both = [fault for fault in chosen if fault.nodes == 2]
    one = [fault for fault in chosen if fault.nodes == 1]
    rng.shuffle(both)
    rng.shuffle(one)
    order: list[Fault] = []
    while both or one:
        if both:
            order.append(both.pop())
        share = max(1, round(len(one) / (len(both) + 1))) if one else 0
        order += [one.pop() for _ in range(min(share, len(one)))]
    return order

"""Faults of disk, database, clock and weights."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.faults.storm import Fault, Scene


def database_locked(seconds: float) -> Callable[[Scene], None]:
    """Somebody holds the database for seconds: jobs that run go on, who asks hears "busy" and asks again."""

    def hurt(scene: Scene) -> None:
        job = scene.paint(steps=8)
        scene.recorder.wait(job, "running")
        scene.pause(0.0, 0.5)
        with scene.spine.database.locked():
            until = time.monotonic() + seconds
            answer = scene.recorder.api.get(f"/api/v1/jobs/{job}")  # reading goes on
            assert answer.status_code == 200
            time.sleep(max(0.0, until - time.monotonic()))
        scene.paint()
        ended = scene.recorder.wait(job)
        if ended["attempts"] != 1:
            scene.say("order", job, f"a database that was locked for {seconds:.0f} s cost it an attempt")

    return hurt


def disk_full(which: str) -> Callable[[Scene], None]:
    """No room for a second or two: a job waits or fails in words; what is asked for afterwards works."""

    def hurt(scene: Scene) -> None:
        may = ("succeeded", "failed")
        job = scene.paint(may=may, steps=6, count=2)
        scene.recorder.wait(job, "running")
        if scene.spine.small_disks:
            scene.spine.fill_disk(which)
        else:
            scene.spine.limit_files(100)
        body = {"tool": "test.nothing", "inputs": {}}
        answer = scene.recorder.api.post("/api/v1/jobs", json=body)
        if answer.status_code == 201:
            scene.recorder.accept(answer.json()["id"], "test.nothing", count=0, may=may)
        elif answer.status_code not in (503, 507):
            scene.say("answer", "web", f"with a full disk a submit is answered {answer.status_code}")
        scene.pause(0.8, 1.8)
        scene.spine.empty_disks()
        if not scene.spine.small_disks:
            scene.spine.limit_files(-1)
        ended = scene.recorder.wait(job)
        if ended["state"] == "failed":
            message = ended["error"]["message"].lower()
            if not any(word in message for word in ("disk", "space", "room", "file")):
                scene.say("words", job, f"a full disk is told as: {message}")
        scene.paint()

    return hurt


def clock_jumps(seconds: float) -> Callable[[Scene], None]:
    """The clock of the machine is set by an hour while jobs run, and back: nobody loses a lease for that."""

    def hurt(scene: Scene) -> None:
        job = scene.paint(steps=20, pause_ms=80, count=1)
        scene.recorder.wait_progress(job)
        scene.spine.move_clock(seconds)
        scene.pause(0.4, 1.0)
        scene.spine.move_clock(0.0)
        ended = scene.recorder.wait(job)
        if ended["attempts"] != 1:
            scene.say("order", job, f"a jump of the clock by {seconds:.0f} s cost it an attempt")
        scene.paint()

    return hurt


def faults() -> list[Fault]:
    return [
        Fault("database locked 1 s", database_locked(1.0)),
        Fault("database locked 2 s", database_locked(2.0), rare=True),
        Fault("database locked 4 s", database_locked(4.0)),
        Fault("database locked 8 s", database_locked(8.0), rare=True),
        Fault("disk of the blobs full", disk_full("blobs")),
        Fault("disk of the database full", disk_full("data")),
        # both nodes must be up: one that begins meanwhile would say for ever that it began an hour ago
        Fault("clock an hour ahead", clock_jumps(3600.0), 2),
        Fault("clock an hour back", clock_jumps(-3600.0), 2),
    ]

"""Faults of PostgreSQL (the server killed, its lines cut, silent or slow, its processes ended, rows locked, no room) and
of a bucket (cut, silent or slow)."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.faults.database import Postgres
from tests.faults.kept import InBucket
from tests.faults.storm import Fault, Scene

LEASE_S = 3.0


def _watched(hurt: Callable[[Scene, Postgres], None]) -> Callable[[Scene], None]:
    """While a job runs, hurt; it must not lose its attempt, and what is asked for meanwhile and after is made too."""

    def fault(scene: Scene) -> None:
        database = scene.spine.database
        assert isinstance(database, Postgres)
        job = scene.paint(steps=15, pause_ms=100, count=1)
        scene.recorder.wait_progress(job)
        hurt(scene, database)
        database.mend()
        scene.paint()
        ended = scene.recorder.wait(job)
        if ended["attempts"] != 1:
            scene.say("order", job, "an outage of the database cost a job its attempt")

    return fault


def _answers(scene: Scene) -> None:
    """While the database is away, who asks is told so, soon."""
    began = time.monotonic()
    answer = scene.recorder.api.get("/api/v1/jobs")
    took = time.monotonic() - began
    if answer.status_code != 503 or answer.json().get("type") != "/problems/busy" or took > 2.0:
        scene.say("answer", "web", f"without its database: {answer.status_code} after {took:.1f} s")


def killed(scene: Scene, database: Postgres) -> None:
    scene.recorder.database_died = True
    database.kill()
    _answers(scene)
    scene.pause(0.0, 2 * LEASE_S)


def cut(scene: Scene, database: Postgres) -> None:
    database.proxy.set("cut")
    _answers(scene)
    scene.pause(0.0, 2 * LEASE_S)


def hole(scene: Scene, database: Postgres) -> None:
    """It takes all and answers nothing, for longer than a lease."""
    database.proxy.set("hole")
    scene.pause(LEASE_S, 2 * LEASE_S)


def slow(scene: Scene, database: Postgres) -> None:
    database.proxy.set("slow", scene.rng.uniform(0.01, 0.03))
    scene.paint()
    scene.pause(1.0, 2.0)


def terminated(scene: Scene, database: Postgres) -> None:
    for _ in range(5):
        database.terminate()
        scene.paint()
        scene.pause(0.0, 0.4)


def rows_locked(scene: Scene, database: Postgres) -> None:
    """For longer than a lease; what is new goes on beside them."""
    with database.rows_locked():
        scene.paint()
        scene.pause(LEASE_S, 1.5 * LEASE_S)


def no_room(scene: Scene, database: Postgres) -> None:
    if scene.spine.small_disks:
        scene.spine.fill_disk("postgres")
        scene.pause(1.0, 2 * LEASE_S)
        scene.spine.empty_disks()


def one_clock_wrong(seconds: float) -> Callable[[Scene], None]:
    """The clock of one machine is an hour off: leases are the database's."""

    def hurt(scene: Scene) -> None:
        scene.spine.move_clock(seconds, node="second")
        jobs = [scene.paint(steps=10, pause_ms=60) for _ in range(3)]
        for job in jobs:
            if scene.recorder.wait(job)["attempts"] != 1:
                scene.say("order", job, f"a node whose clock is {seconds:.0f} s off cost it an attempt")

    return hurt


def bucket_away(mode: str, delay: float = 0.0) -> Callable[[Scene], None]:
    """While a job makes its pictures the bucket is cut, silent or slow, and then back: the job ends well."""

    def hurt(scene: Scene) -> None:
        kept = scene.spine.kept
        assert isinstance(kept, InBucket)
        job = scene.paint(steps=5, pause_ms=50, count=2)
        kept.proxy.set(mode, delay)
        scene.paint()
        scene.pause(1.0, 2 * LEASE_S)
        kept.mend()
        scene.paint()
        scene.recorder.wait(job)

    return hurt


def faults() -> list[Fault]:
    return [
        Fault("bucket cut", bucket_away("cut")),
        Fault("bucket a hole", bucket_away("hole")),
        Fault("bucket slow", bucket_away("slow", 0.05)),
        Fault("PostgreSQL killed", _watched(killed)),
        Fault("PostgreSQL cut", _watched(cut)),
        Fault("PostgreSQL a hole", _watched(hole)),
        Fault("PostgreSQL slow", _watched(slow)),
        Fault("PostgreSQL's processes ended", _watched(terminated)),
        Fault("rows locked", _watched(rows_locked)),
        Fault("disk of PostgreSQL full", _watched(no_room)),
        Fault("one clock an hour ahead", one_clock_wrong(3600.0), 2),
        Fault("one clock an hour back", one_clock_wrong(-3600.0), 2),
    ]

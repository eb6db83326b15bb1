"""Each guard broken on purpose, to see that the checker finds what it holds back: a check that never fails proves nothing.

Two more stand beside their rooms: no fsync in tests/gallery/test_power_loss.py, the collector without its mark in
tests/gallery/test_collector_guard.py. The table of guards is in docs/reliability.md.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable

import pytest

from tests.faults.checker import check_jobs
from tests.faults.recorder import Recorder
from tests.faults.spine import Spine
from tests.faults.storm import Scene


@pytest.fixture(scope="module")
def recorder(new_recorder: Callable[[str], Recorder]) -> Recorder:
    return new_recorder("guards")


@pytest.fixture
def scene(spine: Spine, recorder: Recorder) -> Scene:
    spine.mend()
    spine.wait_for_nodes(2)
    return Scene(spine, recorder, random.Random(3))


def kinds(scene: Scene, *, stuck_s: float = 30.0) -> set[str]:
    return {found.kind for found in check_jobs(scene.recorder, scene.ids, stuck_s=stuck_s)}


def test_without_fencing_a_zombie_speaks(scene: Scene) -> None:
    """A worker that was stopped past its lease wakes beside the one that took over, and both write."""
    with scene.spine.broken("fencing"):
        job = scene.paint(steps=25, pause_ms=100, count=1)
        row = scene.recorder.wait_progress(job)
        zombie = scene.spine.workers()[row["node"]]
        os.kill(zombie, signal.SIGSTOP)
        try:
            scene.watch_again([row["node"]], time.time(), within_s=30)
        finally:
            os.kill(zombie, signal.SIGCONT)
        assert scene.recorder.job(job)["attempts"] == 2
        scene.end()
        time.sleep(1.0)  # the zombie goes on
        assert kinds(scene) & {"order", "final"}


def test_with_early_acknowledgement_a_killed_worker_loses_the_asset(scene: Scene) -> None:
    with scene.spine.broken("early-ack"):
        scene.spine.arm("generated-not-written")
        scene.paint(count=1)
        scene.spine.wait_fired("generated-not-written")
        assert "asset" in kinds(scene)


def test_without_the_sweeper_a_killed_workers_job_is_stuck(scene: Scene) -> None:
    with scene.spine.broken("sweeper"):
        scene.spine.arm("mid-step")
        scene.paint(count=1)
        scene.spine.wait_fired("mid-step")
        assert kinds(scene, stuck_s=8.0) == {"stuck"}
    scene.end()
    assert kinds(scene) == set(), "with the sweeper back it is made after all"

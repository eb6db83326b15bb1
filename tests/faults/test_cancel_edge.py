"""Cancel at the edge between two jobs of the same slots: it touches its own job only. Rows: tests/jobs/test_cancel_edge.py."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from tests.faults.checker import check_jobs
from tests.faults.recorder import Recorder
from tests.faults.spine import Spine
from tests.faults.storm import Scene

ROUNDS, PAIRS, FEW = 3, 10, 5


@pytest.mark.parametrize(
    ("seed", "pairs"),
    [(ROUNDS, FEW), *(pytest.param(seed, PAIRS, marks=pytest.mark.slow) for seed in range(ROUNDS))],
)
def test_it_stops_its_own_job_only(
    seed: int, pairs: int, spine: Spine, new_recorder: Callable[[str], Recorder]
) -> None:
    spine.mend()
    spine.wait_for_nodes(1)
    dice = random.Random(seed)
    scene = Scene(spine, new_recorder(f"edge-{seed}"), dice)
    victims, others = [], []
    for _ in range(pairs):
        victims.append(scene.paint(may=("cancelled", "succeeded"), steps=2, pause_ms=30, count=1))
        others.append(scene.paint(steps=2, pause_ms=30, count=1))
    for victim in victims:
        if dice.random() < 0.7:  # near its end, else at any time
            scene.recorder.wait_progress(victim, dice.choice((0.4, 0.9)))
            time.sleep(dice.uniform(0.0, 0.15))
        scene.recorder.ask("POST", f"/api/v1/jobs/{victim}/cancel")
    scene.end()
    assert check_jobs(scene.recorder, scene.ids) == []
    for job in others:
        row = scene.recorder.job(job)
        assert (row["state"], row["attempts"]) == ("succeeded", 1), row["error"] or row["waiting_for"]

"""Forty seeded faults (two hundred behind the mark soak): nothing is lost, doubled, torn, stuck or left behind."""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from tests.faults.checker import Found, check_answers, check_gallery, check_jobs, check_team
from tests.faults.recorder import Recorder
from tests.faults.spine import Spine
from tests.faults.storm import Fault, Scene, storm

SEED = int(os.environ.get("STUDIO_STORM_SEED", "11"))
SOAK_SEEDS = range(100, 105)

FORTY = list(enumerate(storm(SEED)))
SOAK = [(seed, number, fault) for seed in SOAK_SEEDS for number, fault in enumerate(storm(seed, every=True))]


@dataclass
class Tally:
    """What a storm has shown so far."""

    recorder: Recorder
    faults: int = 0
    seconds: float = 0.0
    again_s: list[float] = field(default_factory=list)


@pytest.fixture(scope="module")
def tally(new_recorder: Callable[[str], Recorder], spine: Spine) -> Iterator[Tally]:
    counted = Tally(new_recorder("storm"))
    yield counted
    again = sorted(counted.again_s)
    sys.stdout.write(
        f"\nstorm: {counted.faults} faults in {counted.seconds:.0f} s,"
        f" {len(counted.recorder.jobs)} jobs, {len(counted.recorder.uploads)} uploads,"
        f" {len(counted.recorder.team_seen)} team events; jobs of killed workers ran again after"
        f" {again[len(again) // 2] if again else 0:.1f} s (median), {again[-1] if again else 0:.1f} s (most)\n"
    )


def throw(fault: Fault, seed: str, spine: Spine, tally: Tally) -> list[Found]:
    began = time.monotonic()
    spine.mend()
    spine.wait_for_nodes(fault.nodes)
    scene = Scene(spine, tally.recorder, random.Random(seed))
    tally.recorder.note("fault", name=fault.name, seed=seed)
    fault.hurt(scene)
    scene.end()
    found = scene.found + check_jobs(tally.recorder, scene.ids) + check_answers(tally.recorder)
    tally.recorder.refused.clear()
    tally.faults += 1
    tally.seconds += time.monotonic() - began
    tally.again_s += scene.again_s
    return found


@pytest.mark.parametrize(
    ("number", "fault"), FORTY, ids=[f"{n:02d} {fault.name}".replace(" ", "-") for n, fault in FORTY]
)
def test_fault(number: int, fault: Fault, spine: Spine, tally: Tally) -> None:
    assert throw(fault, f"{SEED}-{number}", spine, tally) == []


def test_all_is_accounted_for(spine: Spine, tally: Tally) -> None:
    """After the storm: every asset, every blob, the team's whole feed, and no job that nobody asked for."""
    spine.mend()
    recorder = tally.recorder
    assert check_gallery(recorder, spine.blobs) == []
    assert check_team(recorder) == []
    known, cursor = set(), None
    while True:
        params = {"limit": 200} | ({"cursor": cursor} if cursor else {})
        page = recorder.ask("GET", "/api/v1/jobs", params=params).json()
        known |= {job["id"] for job in page["items"]}
        cursor = page["next"]
        if cursor is None:
            break
    assert known == set(recorder.jobs), "the same key twice made two jobs, or a job is gone"


@pytest.mark.soak
@pytest.mark.parametrize(
    ("seed", "number", "fault"),
    SOAK,
    ids=[f"{seed}-{n:02d} {fault.name}".replace(" ", "-") for seed, n, fault in SOAK],
)
def test_soak(seed: int, number: int, fault: Fault, spine: Spine, tally: Tally) -> None:
    assert throw(fault, f"{seed}-{number}", spine, tally) == []


@pytest.mark.soak
def test_all_of_the_soak_is_accounted_for(spine: Spine, tally: Tally) -> None:
    test_all_is_accounted_for(spine, tally)

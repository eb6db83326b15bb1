"""A storm that is thrown: what it has shown so far, and the accounts that are closed after it."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.faults.checker import Found, check_answers, check_gallery, check_jobs, check_team
from tests.faults.recorder import Recorder
from tests.faults.spine import Spine
from tests.faults.storm import Fault, Scene


@dataclass
class Tally:
    """What a storm has shown so far."""

    recorder: Recorder
    faults: int = 0
    seconds: float = 0.0
    again_s: list[float] = field(default_factory=list)


@contextmanager
def tallied(new_recorder: Callable[[str], Recorder]) -> Iterator[Tally]:
    """A tally that is printed at the end."""
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


def accounts(spine: Spine, tally: Tally) -> list[Found]:
    """After the storm: every asset, every blob, the team's whole feed, and no job that nobody asked for."""
    spine.mend()
    recorder = tally.recorder
    known, cursor = set(), None
    while True:
        params = {"limit": 200} | ({"cursor": cursor} if cursor else {})
        page = recorder.ask("GET", "/api/v1/jobs", params=params).json()
        known |= {job["id"] for job in page["items"]}
        cursor = page["next"]
        if cursor is None:
            break
    found = check_gallery(recorder, spine.kept) + check_team(recorder)
    found += [Found("duplicate", job, "a job that nobody asked for") for job in known - set(recorder.jobs)]
    return found + [Found("lost", job, "it is not listed any more") for job in set(recorder.jobs) - known]

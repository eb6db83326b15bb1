"""Nodes and web are restarted one after another, with a new version of a tool: nothing is lost, no page breaks."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

from tests.faults.checker import check_answers, check_gallery, check_jobs
from tests.faults.recorder import Recorder
from tests.faults.spine import Spine
from tests.faults.storm import Scene


def test_a_rolling_restart_with_a_new_tool_version(
    spine: Spine, new_recorder: Callable[[str], Recorder]
) -> None:
    spine.mend()
    spine.wait_for_nodes(2)
    recorder = new_recorder("rolling")
    scene = Scene(spine, recorder, random.Random(5))
    done = threading.Event()

    def keep_asking() -> None:
        while not done.is_set():
            scene.paint(tool="test.fragile", count=1)
            done.wait(0.7)

    asking = threading.Thread(target=keep_asking)
    asking.start()
    try:
        spine.new_version(2)
        for part in ("second", "first", "web"):
            spine.restart(part)
    finally:
        done.set()
        asking.join()
    scene.paint(tool="test.fragile")
    scene.end()
    assert check_jobs(recorder, scene.ids) == []
    assert check_gallery(recorder, spine.blobs) == []
    assert check_answers(recorder) == []
    versions = [recorder.job(job)["tool_version"] for job in scene.ids]
    assert set(versions) <= {1, 2}
    assert versions[-1] == 2
    states = [
        event["waiting_for"]
        for job in scene.ids
        for event in recorder.jobs[job].seen.values()
        if event["kind"] == "state" and event.get("waiting_for")
    ]
    assert all("restarted" in reason for reason in states), "a hand-back is no crash"

"""The studio that is hurt, one for all tests of this folder; what it leaves behind when it stops fails the run."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.recorder import Recorder
from tests.faults.spine import Spine


@pytest.fixture(scope="package")
def spine() -> Iterator[Spine]:
    folder = Path(tempfile.mkdtemp(prefix="studio-faults-"))
    running = Spine(folder / "spine")
    try:
        running.start()
        yield running
    finally:
        running.mend()
        running.stop()
    left = running.left()
    assert not left, f"processes outlived their studio: {left}"


@pytest.fixture(scope="package")
def new_recorder(spine: Spine) -> Iterator[Callable[[str], Recorder]]:
    """Makes a recorder of a person of its own, whose team's feed is watched all the while."""
    made: list[Recorder] = []
    stop = threading.Event()

    def make(name: str) -> Recorder:
        recorder = Recorder(spine.stack.url, spine.stack.token(name), spine.folder / f"{name}.jsonl")
        recorder.follow_team(recorder.api.get("/api/v1/me").json()["teams"][0]["id"], stop)
        made.append(recorder)
        return recorder

    yield make
    stop.set()
    for recorder in made:
        recorder.close()

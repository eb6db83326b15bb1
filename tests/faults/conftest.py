"""The studio that is hurt, one for all tests of this folder; what it leaves behind when it stops fails the run."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.recorder import Recorder
from tests.faults.spine import Spine


@contextmanager
def running_spine(*, postgres: bool = False, bucket: bool = False) -> Iterator[Spine]:
    """A studio to be hurt; leaves nothing running."""
    folder = Path(tempfile.mkdtemp(prefix="studio-faults-"))
    running = Spine(folder / "spine", postgres=postgres, bucket=bucket)
    try:
        running.start()
        yield running
    finally:
        running.mend()
        running.stop()
    left = running.left()
    assert not left, f"processes outlived their studio: {left}"


@contextmanager
def recorders(spine: Spine) -> Iterator[Callable[[str], Recorder]]:
    """Makes recorders of people of their own, whose teams' feeds are watched all the while."""
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


@pytest.fixture(scope="package")
def spine() -> Iterator[Spine]:
    with running_spine() as running:
        yield running


@pytest.fixture(scope="package")
def new_recorder(spine: Spine) -> Iterator[Callable[[str], Recorder]]:
    with recorders(spine) as make:
        yield make

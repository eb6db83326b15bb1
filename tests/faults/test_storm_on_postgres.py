"""The same forty on PostgreSQL and a bucket, as of many machines, and the faults of those two themselves."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from tests.faults.conftest import recorders, running_spine
from tests.faults.recorder import Recorder
from tests.faults.spine import Spine
from tests.faults.storm import Fault, storm
from tests.faults.thrown import Tally, accounts, tallied, throw

SEED = int(os.environ.get("STUDIO_STORM_SEED", "11"))
ALL = list(enumerate(storm(SEED, scaled=True)))

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def spine() -> Iterator[Spine]:
    with running_spine(postgres=True, bucket=True) as running:
        yield running


@pytest.fixture(scope="module")
def new_recorder(spine: Spine) -> Iterator[Callable[[str], Recorder]]:
    with recorders(spine) as make:
        yield make


@pytest.fixture(scope="module")
def tally(new_recorder: Callable[[str], Recorder]) -> Iterator[Tally]:
    with tallied(new_recorder) as counted:
        yield counted


@pytest.mark.parametrize(
    ("number", "fault"), ALL, ids=[f"{n:02d} {fault.name}".replace(" ", "-") for n, fault in ALL]
)
def test_fault(number: int, fault: Fault, spine: Spine, tally: Tally) -> None:
    assert throw(fault, f"{SEED}-{number}", spine, tally) == []


def test_all_is_accounted_for(spine: Spine, tally: Tally) -> None:
    assert accounts(spine, tally) == []

"""Forty seeded faults (two hundred behind the mark soak): nothing is lost, doubled, torn, stuck or left behind."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from tests.faults.recorder import Recorder
from tests.faults.spine import Spine
from tests.faults.storm import Fault, storm
from tests.faults.thrown import Tally, accounts, tallied, throw

SEED = int(os.environ.get("STUDIO_STORM_SEED", "11"))
SOAK_SEEDS = range(100, 105)

FORTY = list(enumerate(storm(SEED)))
SOAK = [(seed, number, fault) for seed in SOAK_SEEDS for number, fault in enumerate(storm(seed, every=True))]


@pytest.fixture(scope="module")
def tally(new_recorder: Callable[[str], Recorder]) -> Iterator[Tally]:
    with tallied(new_recorder) as counted:
        yield counted


@pytest.mark.parametrize(
    ("number", "fault"), FORTY, ids=[f"{n:02d} {fault.name}".replace(" ", "-") for n, fault in FORTY]
)
def test_fault(number: int, fault: Fault, spine: Spine, tally: Tally) -> None:
    assert throw(fault, f"{SEED}-{number}", spine, tally) == []


def test_all_is_accounted_for(spine: Spine, tally: Tally) -> None:
    assert accounts(spine, tally) == []


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
    assert accounts(spine, tally) == []

"""The same rolling restart on PostgreSQL and a bucket, as of many machines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.faults.conftest import recorders, running_spine
from tests.faults.recorder import Recorder
from tests.faults.spine import Spine
from tests.faults.test_rolling_restart import roll

pytestmark = pytest.mark.soak


@pytest.fixture
def spine(browser: Browser) -> Iterator[Spine]:
    """After the browser: what starts later carries PostgreSQL's folder and counts as left behind."""
    with running_spine(postgres=True, bucket=True) as running:
        yield running


@pytest.fixture
def new_recorder(spine: Spine) -> Iterator[Callable[[str], Recorder]]:
    with recorders(spine) as make:
        yield make


def test_it_works(spine: Spine, new_recorder: Callable[[str], Recorder], browser: Browser) -> None:
    roll(spine, new_recorder, browser)

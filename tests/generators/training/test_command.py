"""The command remembers where a run began: what is not trained, as the codec, lies there."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from generators.training.__main__ import _start
from generators.training.data import cache
from generators.training.data.scenes import Mix
from generators.training.data.sprites import SETS


def test_a_run_that_goes_on_begins_from_the_same_weights(tmp_path: Path) -> None:
    assert _start(tmp_path, None) is None
    weights = tmp_path / "weights"
    assert _start(tmp_path, weights) == weights
    assert _start(tmp_path, None) == weights


@pytest.mark.slow
def test_data_do_not_depend_on_how_many_make_them(tmp_path: Path) -> None:
    sprites = tmp_path / "sprites"
    sprites.mkdir()
    rows = [{"concept": name, "names": [name], "style": SETS[0].style} for name in ("cat", "owl", "key")]
    (sprites / "sprites.json").write_text(json.dumps(rows))
    np.save(sprites / "sprites.npy", np.random.default_rng(0).integers(0, 256, (3, 128, 128, 4), np.uint8))
    for name, workers in (("one", 1), ("two", 2)):
        cache.make(sprites, tmp_path / name, count=140, seed=3, mix=Mix(), workers=workers)
    one, two = (cache.Scenes.open(tmp_path / name) for name in ("one", "two"))
    assert len(one.rows) == 140
    assert one.rows == two.rows
    assert np.array_equal(one.pictures, two.pictures)
    assert np.allclose(one.states, two.states, atol=2e-3)  # fp16; sums of one thread and of several
    assert one.states[139].any()

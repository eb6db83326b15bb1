"""The command remembers where a run began: what is not trained, as the codec, lies there."""

from __future__ import annotations

from pathlib import Path

from generators.training.__main__ import _start


def test_a_run_that_goes_on_begins_from_the_same_weights(tmp_path: Path) -> None:
    assert _start(tmp_path, None) is None
    weights = tmp_path / "weights"
    assert _start(tmp_path, weights) == weights
    assert _start(tmp_path, None) == weights

"""Weights that are damaged on the disk after they were installed: the job says so, and nothing else is hurt."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.checker import check_answers, check_jobs
from tests.faults.recorder import Recorder
from tests.faults.spine import Spine
from tests.faults.storm import Scene
from tests.generators.text.tiny import build


@pytest.mark.parametrize(
    "damage",
    ["cut", "flipped", *(pytest.param(more, marks=pytest.mark.soak) for more in ("emptied", "gone"))],
)
def test_a_job_with_damaged_weights_fails_in_words(
    damage: str, spine: Spine, new_recorder: Callable[[str], Recorder], tmp_path: Path
) -> None:
    spine.mend()
    spine.wait_for_nodes(1)
    recorder = new_recorder(f"weights-{damage}")
    scene = Scene(spine, recorder, random.Random(1))
    name = f"tiny-{damage}"
    with spine.stack.client(spine.stack.token()) as owner:
        asked = {"source": str(build(tmp_path / "given")), "name": name}
        owner.post("/api/v1/models", json=asked).raise_for_status()
        until = time.monotonic() + 60
        while (state := owner.get(f"/api/v1/models/{name}").json()["state"]) != "installed":
            assert state != "failed"
            assert time.monotonic() < until
            time.sleep(0.1)
    (weights,) = (spine.stack.data / "models").glob(f"**/{name}*/**/*.safetensors")
    weights.chmod(0o600)
    if damage == "cut":
        weights.write_bytes(weights.read_bytes()[: weights.stat().st_size // 2])
    elif damage == "flipped":  # one bit of one number: it would load, and write other words
        data = bytearray(weights.read_bytes())
        data[-2] ^= 0x40
        weights.write_bytes(data)
    elif damage == "emptied":
        weights.write_bytes(b"")
    else:
        weights.unlink()
    job = recorder.submit("text.write", may=("failed",), prompt="Once", model=name, max_tokens=4)
    scene.ids.append(job)
    scene.paint()
    scene.end()
    row = recorder.job(job)
    assert row["attempts"] == 1, "trying again would not mend it"
    assert row["error"]["kind"] == "weights-changed"
    assert name in row["error"]["message"]
    assert "install it again" in row["error"]["message"]
    assert check_jobs(recorder, scene.ids) + check_answers(recorder) == []

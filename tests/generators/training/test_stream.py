"""Scenes composed while training: the same rows whoever was faster, and a run that learns from them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from generators.training.data.cache import is_easy, make
from generators.training.data.scenes import Mix
from generators.training.data.stream import Stream


def _sprites(folder: Path) -> Path:
    """Two drawings, a disc and a bar."""
    folder.mkdir()
    pictures = np.zeros((2, 128, 128, 4), np.uint8)
    y, x = np.mgrid[:128, :128] - 64
    pictures[0][x**2 + y**2 < 3000] = (200, 30, 30, 255)
    pictures[1][abs(y) < 20] = (30, 30, 200, 255)
    np.save(folder / "sprites.npy", pictures)
    rows = [
        {"concept": name, "names": [name.replace("-", " ")], "style": "flat"}
        for name in ("red-apple", "automobile")
    ]
    (folder / "sprites.json").write_text(json.dumps(rows))
    return folder


@pytest.mark.slow
def test_rows_are_those_of_a_folder(tmp_path: Path) -> None:
    sprites, mix = _sprites(tmp_path / "sprites"), Mix(plain=0.8)
    make(sprites, tmp_path / "kept", count=256, seed=5, mix=mix)
    with Stream(sprites, room=200, seed=5, mix=mix, workers=2) as stream:
        stream.wait(200)
        assert len(stream) == 200
        pictures, states = stream.take(torch.arange(200))
        kept = np.load(tmp_path / "kept" / "pictures.npy")[:200]
        assert np.array_equal(pictures.numpy(), kept)
        told = torch.from_numpy(np.load(tmp_path / "kept" / "states.npy")[:200])
        assert torch.allclose(states.float(), told.float(), atol=0.02)
        rows = json.loads((tmp_path / "kept" / "scenes.json").read_text())[:200]
        assert stream.easy.tolist() == [place for place, row in enumerate(rows) if is_easy(row)]
        empty = torch.from_numpy(np.load(tmp_path / "kept" / "empty.npy"))
        assert torch.allclose(stream.empty.float(), empty.float(), atol=0.02)
    assert all(not worker.is_alive() for worker in stream._workers)


def test_a_worker_that_dies_is_told(tmp_path: Path) -> None:
    with (
        Stream(tmp_path / "nothing", room=200, seed=5, workers=1) as stream,
        pytest.raises(RuntimeError, match="has died"),
    ):
        stream.wait(200)

"""The classifier that judges the pocket image model learns to tell things apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from generators.metrics import object_named


def test_it_works(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 160).tolist()
    pictures = rng.integers(200, 256, (160, 64, 64, 3)).astype(np.uint8)
    for row, label in enumerate(labels):  # a bar across, a bar down, or a square
        y, x = ((28, 4), (4, 28), (24, 24))[label]
        height, width = ((8, 56), (56, 8), (16, 16))[label]
        pictures[row, y : y + height, x : x + width] = rng.integers(0, 60, 3)
    model = object_named.train(pictures[:96], labels[:96], 3, passes=6, batch=16)
    seen = [row[0] for row in object_named.named(model, pictures[96:])]
    assert np.mean([a == b for a, b in zip(seen, labels[96:], strict=True)]) > 0.9
    object_named.save(model, tmp_path / "classifier.safetensors")
    again = object_named.load(tmp_path / "classifier.safetensors", 3)
    assert object_named.named(again, pictures[96:]) == [[label] for label in seen]

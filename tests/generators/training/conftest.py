"""A tiny recipe and a data folder of plain squares: enough for every part of a real run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from generators.training.recipe import Recipe, Schedule


@pytest.fixture(scope="session")
def squares(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as `cache.make` writes it: 64 pictures of one colour, with states that tell the colour."""
    folder = tmp_path_factory.mktemp("squares")
    rng = np.random.default_rng(0)
    for name, count in (("train", 64), ("validation", 16)):
        part = folder / name
        part.mkdir()
        colours = rng.integers(0, 256, (count, 3))
        pictures = np.broadcast_to(colours[:, None, None], (count, 16, 16, 3)).astype(np.uint8).copy()
        pictures[:, 4:12, 4:12] = 255 - pictures[:, 4:12, 4:12]
        states = np.zeros((count, 4, 12), np.float16)
        states[:, 0, :3] = colours / 127.5 - 1
        np.save(part / "pictures.npy", pictures)
        np.save(part / "states.npy", states)
        np.save(part / "empty.npy", np.zeros((4, 12), np.float16))
        (part / "scenes.json").write_text(json.dumps([{"caption": str(row)} for row in range(count)]))
    return folder


@pytest.fixture
def recipe() -> Recipe:
    """Twenty steps of the smallest network."""
    return Recipe(
        name="tiny",
        architecture="diffusion",
        seed=3,
        schedule=Schedule(
            steps=20,
            batch=8,
            learning_rate=3e-3,
            warmup=4,
            cooldown=8,
            floor=0.1,
            ema=0.9,
            metric_every=1,
            validate_every=10,
            checkpoint_every=5,
        ),
        network={
            "image_size": 16,
            "components": 8,
            "channels": [8, 16],
            "heads": [2, 2],
            "text_size": 12,
            "text_heads": 2,
            "text_tokens": 4,
            "norm_groups": 4,
        },
    )

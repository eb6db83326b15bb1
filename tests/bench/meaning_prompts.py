"""Prompts as the built-in image model was taught them, by the composer of its training data, with what is in each."""

from __future__ import annotations

import tomllib
import warnings
from pathlib import Path

import numpy as np

from generators.training.data.scenes import Composer
from generators.training.data.sprites import CORE, SETS, THINGS, Sprite, names_of

QUESTIONS: dict[str, list[str]] = tomllib.loads(
    Path(__file__).with_name("meaning_questions.toml").read_text(encoding="utf-8")
)["questions"]
COUNT = 2_000


def prompts(count: int = COUNT) -> list[tuple[str, tuple[str, ...]]]:
    """(caption, concepts) of so many scenes. Nothing is drawn in them: captions need the drawings' names alone, but for
    colours that a drawing has by itself, which are left out here."""
    names = sorted(CORE | THINGS)
    sprites = [Sprite(name, names_of(name), icons.style) for icons in SETS for name in names]
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", RuntimeWarning
        )  # of drawings without a pixel, whose colour is asked for
        composer = Composer(sprites, np.zeros((len(sprites), 128, 128, 4), np.uint8))
        scenes = [composer.scene(seed) for seed in range(count)]
    return [(scene.caption, scene.concepts) for scene in scenes]

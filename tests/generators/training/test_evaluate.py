"""Figures: the prompts that weights are chosen by are none of those that the table is told from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generators.metrics import object_named
from generators.training.data.sprites import COMMON, CORE, Sprite, names_of
from generators.training.drawings import Drawings
from generators.training.evaluate import Figures
from generators.training.judge import Judge
from generators.training.painter import Painter

WEIGHTS = Path(__file__).resolve().parents[3] / "generators" / "weights" / "pocket-image"


class Recorder(Painter):
    """Draws white pictures and remembers the prompts."""

    def __init__(self) -> None:
        self.prompts: list[str] = []

    def draw(self, prompts: list[str], seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        self.prompts += prompts
        return np.full((len(prompts), 64, 64, 3), 255, np.uint8)


@pytest.mark.parametrize("limit", [pytest.param(0, marks=pytest.mark.slow), 10])
def test_it_works(limit: int) -> None:
    concepts = sorted([*CORE, *COMMON, "skunk", "ram"])
    sprites = [Sprite(concept, names_of(concept), "flat") for concept in concepts]
    judge = Judge(
        object_named.Classifier(len(concepts)).eval(),
        Drawings(sprites, np.zeros((len(sprites), 128, 128, 4), np.uint8)),
        concepts,
    )
    told, asked = [], []
    for choosing in (False, True):
        painter = Recorder()
        told.append(Figures(judge, painter, limit, choosing=choosing).all())
        asked.append([words for words in painter.prompts if words not in HELD])
    assert not set(asked[0]) & set(asked[1])
    assert told[0].keys() == told[1].keys()
    assert {"object_core_top1", "object_common_top1", "style", "effect", "pair_snow_and_both"} <= told[
        0
    ].keys()
    for words in ("two ", "three ", " to the right of ", ", pixel art", " background"):
        assert any(words in prompt for prompt in asked[0]), words
        assert any(words in prompt for prompt in asked[1]), words


HELD = ("a blue cat", "a purple fox", "a pink castle", "a green elephant")  # few: both ask for all of them

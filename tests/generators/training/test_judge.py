"""What the figures of the pocket image model stand on: halves that hold what a scene holds there, and its drawing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generators.metrics import object_named, things
from generators.training.data.scenes import Composer, Mix, held_out_pair, paste
from generators.training.data.sprites import SETS, Sprite
from generators.training.drawings import Drawings
from generators.training.judge import Judge, halves, small
from generators.training.painter import Painter

WEIGHTS = Path(__file__).resolve().parents[3] / "generators" / "weights" / "pocket-image"
COLOURS = {"axe": (222, 45, 45), "bed": (45, 105, 225), "key": (60, 170, 70)}


def composer() -> Composer:
    """Pairs of discs on white, each concept in a colour of its own."""
    rows, columns = np.mgrid[:128, :128] - 63.5
    sprites = [Sprite(concept, (concept,), icons.style) for icons in SETS for concept in COLOURS]
    pictures = np.zeros((len(sprites), 128, 128, 4), np.uint8)
    for place, sprite in enumerate(sprites):
        pictures[place, rows**2 + columns**2 < 60**2] = (*COLOURS[sprite.concept], 255)
    return Composer(sprites, pictures, Mix(two=1.0, core=0.0, coloured=0.0, plain=1.0, flat=0.0))


def test_halves_hold_their_things() -> None:
    source = composer()
    scenes = [source.scene(seed) for seed in range(40)]
    assert {scene.stacked for scene in scenes} == {False, True}
    names = {"axe": "red", "bed": "blue", "key": "green"}
    for scene in scenes:
        first, second = halves(small(scene)[None], stacked=scene.stacked)
        seen = things.colour(first[0]), things.colour(second[0])
        assert seen == tuple(names[concept] for concept in scene.concepts), scene.caption


def test_captions_say_where_the_first_is() -> None:
    source = composer()
    for scene in (source.scene(seed) for seed in range(60)):
        first, second = (scene.caption.index(concept) for concept in scene.concepts)
        turned = any(words in scene.caption for words in ("right of", "below", "under"))
        assert (first > second) == turned, scene.caption


def test_neighbours_are_held_out() -> None:
    assert held_out_pair("cat", "cat-face")
    assert held_out_pair("cat-face", "cat")
    assert not held_out_pair("cat", "sun")


def test_any_name_of_a_concept_is_right() -> None:
    """A classifier that always says the same: the cat's face."""
    objects = object_named.Classifier(2).eval()
    objects.head.weight.data.zero_()
    objects.head.bias.data = 0 * objects.head.bias.data
    objects.head.bias.data[1] = 1
    judge = Judge(objects, Drawings([], np.zeros((0, 128, 128, 4), np.uint8)), ["bed", "cat-face"])
    pictures = np.zeros((3, 64, 64, 3), np.uint8)
    assert judge.right(pictures, ["cat", "cat face", "bed"]) == [True, True, False]
    assert judge.right(pictures, ["cat", "bed", "bed"], top=2) == [True, True, True]


def test_a_style_is_that_of_the_nearest_drawing() -> None:
    """Discs, rings and squares of one colour: blurred, of another size and brightness, each is still told."""
    rows, columns = np.mgrid[:128, :128] - 63.5
    far = rows**2 + columns**2
    shapes = (far < 60**2, (far < 60**2) & (far > 40**2), (abs(rows) < 50) & (abs(columns) < 50))
    sprites = [Sprite("axe", ("axe",), icons.style) for icons in SETS]
    pictures = np.zeros((3, 128, 128, 4), np.uint8)
    for picture, shape in zip(pictures, shapes, strict=True):
        picture[shape] = (*COLOURS["axe"], 255)
    drawings = Drawings(sprites, pictures)
    for sprite, picture in zip(sprites, pictures, strict=True):
        canvas = np.full((128, 128, 3), 255, np.float32)
        paste(canvas, picture, 0.5, 0.5, 0.85)
        blurred = canvas.reshape(32, 4, 32, 4, 3).mean((1, 3)).repeat(2, 0).repeat(2, 1)
        assert drawings.style((0.8 * blurred + 51).astype(np.uint8), "axe") == sprite.style
    with pytest.raises(ValueError, match="empty"):
        drawings.style(np.zeros((64, 64, 3), np.uint8), "bed")


def test_a_prompt_is_drawn_alike_alone_and_among_others() -> None:
    painter = Painter(WEIGHTS, steps=2)
    together = painter.draw(["a cat", "a cat and a sun", "a red apple"], 1)
    assert together.shape == (3, 64, 64, 3)
    alone = painter.draw(["a cat"], 1)
    assert np.abs(alone[0].astype(int) - together[0]).max() <= 2  # sums in another order
    assert painter.pictures == 4
    assert painter.seconds > 0

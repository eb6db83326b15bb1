"""Two things in one picture: which prompts ask for them, and that each half answers its own words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw

from generators.image import generate
from generators.image.generate import GenerateInputs
from generators.image.pairs import Pair, Several, drawings, laid_out, read
from generators.metrics import things
from tests.generators.image.conftest import POCKET

NAMES = ("cat", "sun", "car", "apple", "ice cream", "loaf of bread", "owl")


@pytest.mark.parametrize(
    ("prompt", "pair"),
    [
        ("a cat and a sun", Pair("a cat", "a sun", False)),
        ("A sun and the cat.", Pair("a sun", "a cat", False)),
        ("a blue car to the left of an apple", Pair("a blue car", "an apple", False)),
        ("a blue car right of an apple", Pair("an apple", "a blue car", False)),
        ("cat on the left and ice cream on the right", Pair("a cat", "an ice cream", False)),
        ("a cat above a loaf of bread, flat style", Pair("a cat", "a loaf of bread", True, ", flat style")),
        ("an owl under a small red sun at night", Pair("a small red sun", "an owl", True, " at night")),
        ("a cat next to a car on a red background", Pair("a cat", "a car", False, " on a red background")),
    ],
)
def test_pairs_are_read(prompt: str, pair: Pair) -> None:
    assert read(prompt, NAMES) == pair


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "a cat",
        "a black and white cat",
        "a cat on a red background",
        "a cat and a cat",
        "two cats and a sun",
        "a cat and a sun and an owl",
        "a cat and a dragon",  # no such name
        "an owl under a starry night sky",
        "and",
        "left of",
        "five cats",
        "two dragons",  # no such name
        "three",
    ],
)
def test_other_prompts_are_not(prompt: str) -> None:
    assert read(prompt, NAMES) is None


@pytest.mark.parametrize(
    ("prompt", "several"),
    [
        ("two cats", Several("a cat", 2)),
        ("Three small blue cars at night.", Several("a small blue car", 3, " at night")),
        ("4 owls on a red background", Several("an owl", 4, " on a red background")),
        ("three ice creams, flat style", Several("an ice cream", 3, ", flat style")),
    ],
)
def test_several_alike_are_read(prompt: str, several: Several) -> None:
    assert read(prompt, NAMES) == several
    assert drawings(prompt, NAMES) == 1


@pytest.mark.parametrize("count", [2, 3, 4])
def test_several_alike_are_as_many(count: int) -> None:
    picture = Image.new("RGB", (64, 64), (200, 200, 200))
    ImageDraw.Draw(picture).rectangle((16, 16, 47, 47), fill=(250, 10, 10))
    made = np.asarray(laid_out(Several("a car", count), [picture]))
    assert things.count(np.asarray(Image.fromarray(made).resize((64, 64)))) == count
    assert ((made == (250, 10, 10)).all(-1)).sum() == count * 32 * 32


def test_what_is_drawn_twice_is_asked_for_twice() -> None:
    assert drawings("a cat", NAMES) == 1
    assert drawings("a cat and a sun", NAMES) == 2
    one, two = (generate.needs(GenerateInputs(prompt=words), None) for words in ("a cat", "a cat and a dog"))
    assert two.work - one.work == GenerateInputs(prompt="a cat").steps
    assert two.memory_bytes == one.memory_bytes


def test_each_is_drawn_by_its_own_words() -> None:
    pair = read("a cat above a sun in the snow, flat style", NAMES)
    assert pair is not None
    assert pair.alone == ("a cat in the snow, flat style", "a sun in the snow, flat style")


@pytest.mark.parametrize("stacked", [False, True])
def test_laid_together_on_one_ground(stacked: bool) -> None:
    """Grounds of 200 and 220 become 210 everywhere; each thing is where it belongs, at its full size."""
    parts = []
    for ground, thing in ((200, (250, 10, 10)), (220, (10, 10, 250))):
        picture = Image.new("RGB", (64, 64), (ground,) * 3)
        ImageDraw.Draw(picture).rectangle((16, 16, 47, 47), fill=thing)
        parts.append(picture)
    made = np.asarray(laid_out(Pair("a", "b", stacked), parts)).astype(int)
    assert made.shape == (128, 128, 3)
    first, second = np.array_split(made, 2, axis=0 if stacked else 1)
    for half, channel in ((first, 0), (second, 2)):
        thing = half[..., channel] - half[..., 2 - channel] > 100
        assert thing.sum() == 32 * 32
        assert np.abs(half[~thing] - 210).max() <= 1


def test_no_edge_shows_where_the_pieces_meet() -> None:
    """A ground that is lighter around the thing and at its rims, as the model's are: one even ground in the end."""
    across, down = np.meshgrid(np.arange(64) - 31.5, np.arange(64) - 31.5)
    drawn = np.zeros((64, 64, 3)) + (40, 90, 205) + 6 * np.cos(np.hypot(across, down) / 4)[..., None]
    drawn[20:44, 20:44] = (250, 220, 20)
    made = np.asarray(laid_out(Several("a star", 4), [Image.fromarray(drawn.round().astype(np.uint8))]))
    thing = (made == (250, 220, 20)).all(-1)
    assert thing.sum() == 4 * 24 * 24
    assert len(np.unique(made[~thing], axis=0)) == 1


@pytest.mark.parametrize("stacked", [False, True])
def test_before_scenery_each_is_cut_out(stacked: bool) -> None:
    """A blue sky over a green field, whose edge lies elsewhere in the second: the first one's is behind both."""
    parts = []
    for horizon, thing in ((40, (250, 10, 10)), (30, (250, 250, 10))):
        picture = Image.new("RGB", (64, 64), (90, 170, 240))
        pen = ImageDraw.Draw(picture)
        pen.rectangle((0, horizon, 63, 63), fill=(70, 160, 60))
        pen.rectangle((16, 16, 47, 47), fill=thing)
        parts.append(picture)
    made = np.asarray(laid_out(Pair("a", "b", stacked), parts)).astype(int)
    first, second = np.array_split(made, 2, axis=0 if stacked else 1)
    red, yellow = ((half[..., 0] > 200) & (half[..., 2] < 60) for half in (first, second))
    assert red.sum() == yellow.sum() == 32 * 32
    assert (first[red][:, 1] < 60).all()
    assert (second[yellow][:, 1] > 200).all()
    left = made[:, 0]
    assert (left[:80] == (90, 170, 240)).all()
    assert (left[80:] == (70, 160, 60)).all()
    assert (made[:, -1] == left).all()


def test_the_pocket_model_draws_each_thing_in_its_place(draw: Callable[..., bytes]) -> None:
    """Red is where the apple was asked for, and green is where the tree was."""
    for prompt, axis, swapped in (
        ("a tree and a red apple", 1, False),
        ("a tree to the right of a red apple", 1, True),
        ("a tree above a red apple", 0, False),
    ):
        size = {"steps": 8, "width": 64, "height": 64}
        pixels = np.frombuffer(draw(POCKET, prompt=prompt, **size), np.uint8).reshape(64, 64, 3).astype(int)
        tree, apple = np.array_split(pixels, 2, axis=axis)[:: -1 if swapped else 1]
        assert (tree[..., 1] - tree[..., 0]).mean() > 4, prompt
        assert (apple[..., 0] - apple[..., 1]).mean() > 8, prompt

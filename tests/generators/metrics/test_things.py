"""Count and colour of things on even grounds."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from generators.metrics import things


def discs(*places: tuple[int, int], colour: str = "blue", ground: str = "white") -> NDArray[np.uint8]:
    """A 64 px picture with discs of radius 8."""
    picture = Image.new("RGB", (64, 64), ground)
    for x, y in places:
        ImageDraw.Draw(picture).ellipse((x - 8, y - 8, x + 8, y + 8), fill=colour)
    return np.asarray(picture)


@pytest.mark.parametrize(
    "places", [[], [(32, 32)], [(16, 32), (48, 32)], [(32, 16), (16, 48), (48, 48)]], ids=len
)
def test_count(places: list[tuple[int, int]]) -> None:
    assert things.count(discs(*places)) == len(places)


def test_specks_do_not_count() -> None:
    pixels = discs((32, 32)).copy()
    pixels[4:6, 4:6] = 0
    assert things.count(pixels) == 1


def test_colours() -> None:
    pixels = discs((32, 32), colour="blue", ground="yellow")
    assert things.colour(pixels) == "blue"
    assert things.ground_colour(pixels) == "yellow"
    assert things.colour(discs()) is None


def test_looks() -> None:
    rng = np.random.default_rng(0)
    colours = discs((32, 32), colour="orange").copy()
    cells = rng.integers(0, 256, (16, 16, 3), dtype=np.uint8).repeat(4, 0).repeat(4, 1)
    noisy = (cells // 2 + rng.integers(0, 9, cells.shape, dtype=np.uint8)).astype(np.uint8)
    grey = discs((32, 32), colour="#808890")
    assert [things.look(one) for one in (colours, cells, noisy, grey)] == [None, "pixel", "pixel", "gray"]
    assert things.look(np.full((64, 64, 3), 255, np.uint8)) is None

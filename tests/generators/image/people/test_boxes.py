"""Decoding of detections: places, boxes back in the picture, answers blended."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from generators.people import boxes


def test_as_many_places_as_the_networks_answer_for() -> None:
    assert boxes.places(128, (8, 16, 16, 16)).shape == (896, 2)
    assert boxes.places(192, (4,), each=1).shape == (2304, 2)
    assert boxes.places(224, (8, 16, 32, 32, 32)).shape == (2254, 2)
    first = boxes.places(128, (8, 16, 16, 16))
    assert first[:3].tolist() == [[1 / 32, 1 / 32], [1 / 32, 1 / 32], [3 / 32, 1 / 32]]
    assert first[512:518].tolist() == [[1 / 16, 1 / 16]] * 6  # three grids of 8×8 are one


@pytest.mark.parametrize(
    ("size", "begin"), [((200, 100), (0, 32)), ((100, 200), (32, 0)), ((64, 64), (0, 0))]
)
def test_the_whole_picture_lies_in_the_middle(size: tuple[int, int], begin: tuple[int, int]) -> None:
    small, scale, found = boxes.fitted(Image.new("RGB", size, "white"), (128, 128))
    assert small.size == (128, 128)
    assert list(found) == list(begin)
    assert scale == pytest.approx(128 / max(size))
    assert small.getbbox() == (*begin, 128 - begin[0], 128 - begin[1])


class Told:
    """Stands for a network's file: says once, at two places near each other and at one far off, what is where."""

    size = (128, 128)

    def answer(self, pixels: np.ndarray) -> list[np.ndarray]:
        assert pixels.min() >= -1
        assert pixels.max() <= 1
        values, scores = np.zeros((896, 16), np.float32), np.full((896, 1), -9, np.float32)
        anchors = boxes.places(128, (8, 16, 16, 16)) * 128
        for row, score, (x, y) in ((0, 3.0, (30, 64)), (1, 3.0, (34, 64)), (890, 1.0, (100, 64))):
            values[row, :2], values[row, 2:4] = (x, y) - anchors[row], 20
            values[row, 4:] = np.tile((x, y) - anchors[row], 6)
            scores[row] = score
        return [values, scores]


def test_boxes_are_told_in_the_pictures_pixels() -> None:
    picture = Image.new("RGB", (256, 128))  # half as large in the network, 32 pixels of black above it
    found = boxes.detect(Told(), boxes.places(128, (8, 16, 16, 16)), picture, 0.5)  # type: ignore[arg-type]
    assert len(found) == 2, "two answers for one thing are one"
    assert found[0].box == pytest.approx((44, 44, 84, 84), abs=1e-3)
    assert found[0].points == pytest.approx(np.tile((64, 64), (6, 1)), abs=1e-3)
    assert found[1].box == pytest.approx((180, 44, 220, 84), abs=1e-3)
    assert found[0].sure == pytest.approx(1 / (1 + np.exp(-3)))
    assert boxes.detect(Told(), boxes.places(128, (8, 16, 16, 16)), picture, 0.99) == []  # type: ignore[arg-type]


def test_overlap() -> None:
    assert boxes.overlap((0, 0, 2, 2), (1, 0, 3, 2)) == pytest.approx(1 / 3)
    assert boxes.overlap((0, 0, 2, 2), (2, 0, 4, 2)) == 0
    assert boxes.overlap((1, 1, 1, 1), (1, 1, 1, 1)) == 0

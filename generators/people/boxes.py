"""Single-shot detection as MediaPipe's face and body networks do it: boxes and points told from fixed places.

A network answers, for each place of one or more grids, how sure it is and where from there a box and some points lie. Many
places see the same thing, so overlapping answers are blended into one, weighted by how sure each is (Bazarevsky et al.
2019, "BlazeFace").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generators.people.networks import Network

Floats = NDArray[Any]

OVERLAP = 0.3  # intersection over union from which two answers are the same thing
EXTREME = 80.0  # scores are cut there: beyond, exp has no number in float32


@dataclass(frozen=True)
class Found:
    """box: left, top, right, bottom; points: (n, 2), x and y. Pixels of the picture. sure: 0 to 1."""

    box: tuple[float, float, float, float]
    points: Floats
    sure: float


def places(side: int, strides: Sequence[int], each: int = 2) -> Floats:
    """The middles of a network's places, (n, 2) from 0 to 1: for each stride a grid, with `each` places in a cell. Grids of
    the same stride that follow each other are one, with as many more in a cell."""
    found: list[Floats] = []
    at = 0
    while at < len(strides):
        same = 1
        while at + same < len(strides) and strides[at + same] == strides[at]:
            same += 1
        cells = -(-side // strides[at])
        middles = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        grid = np.stack(np.meshgrid(middles, middles), axis=-1).reshape(-1, 2)
        found.append(grid.repeat(each * same, axis=0))
        at += same
    return np.concatenate(found)


def fitted(picture: Image.Image, size: tuple[int, int]) -> tuple[Image.Image, float, tuple[float, float]]:
    """The whole picture in the middle of a black one of `size` (height, width); its scale there, and where it begins."""
    height, width = size
    scale = min(width / picture.width, height / picture.height)
    inner = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
    ground = Image.new("RGB", (width, height))
    ground.paste(picture.resize(inner, Image.Resampling.BILINEAR, reducing_gap=2.0), (left, top))
    return ground, scale, (left, top)


def detect(network: Network, anchors: Floats, picture: Image.Image, sure: float) -> list[Found]:
    """What a network finds in an RGB picture, surest first, from `sure` on (0 to 1)."""
    small, scale, begin = fitted(picture, network.size)
    answers, scores = network.answer(np.asarray(small, dtype=np.float32) / 127.5 - 1)
    shares = 1 / (1 + np.exp(-np.clip(scores[:, 0], -EXTREME, EXTREME)))
    kept = shares >= sure
    values = answers[kept].reshape(-1, answers.shape[1] // 2, 2) / network.size[0]
    middle, size = values[:, 0] + anchors[kept], values[:, 1]
    corners = np.concatenate([middle - size / 2, middle + size / 2], axis=1)
    points = values[:, 2:] + anchors[kept][:, None]
    found = []
    for box, marks, share in _blended(corners, points, shares[kept]):
        place = (box.reshape(2, 2) * network.size[0] - begin) / scale
        left, top, right, bottom = (float(value) for value in place.ravel())
        spots = (marks * network.size[0] - begin) / scale
        found.append(Found((left, top, right, bottom), spots.astype(np.float32), share))
    return found


def _blended(boxes: Floats, points: Floats, shares: Floats) -> list[tuple[Floats, Floats, float]]:
    """One answer for each group of overlapping ones."""
    made = []
    left = np.argsort(-shares)
    while len(left):
        first = left[0]
        same = left[[overlap(boxes[first], boxes[other]) > OVERLAP for other in left]]
        if not len(same):  # a box without an area overlaps nothing, not even itself
            left = left[1:]
            continue
        weight = shares[same] / shares[same].sum()
        made.append(
            (
                np.einsum("n,nk->k", weight, boxes[same]),
                np.einsum("n,nkd->kd", weight, points[same]),
                float(shares[first]),
            )
        )
        left = np.array([other for other in left if other not in set(same.tolist())], dtype=int)
    return made


def overlap(one: Sequence[float] | Floats, other: Sequence[float] | Floats) -> float:
    """Intersection over union of two boxes."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return float(both / (sum(areas) - both))

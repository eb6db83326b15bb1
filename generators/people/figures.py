"""Stick figures as ControlNets for poses were trained with: OpenPose's eighteen points and seventeen limbs, in its colours on
black (Cao et al. 2019; colours and order as openpose's own renderer has them)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Floats = NDArray[np.float32]

# nose, neck, right shoulder, elbow, wrist, left …, right hip, knee, ankle, left …, right eye, left eye, right ear, left ear
_FROM_BLAZE = (0, None, 12, 14, 16, 11, 13, 15, 24, 26, 28, 23, 25, 27, 5, 2, 8, 7)
_SHOULDERS = (11, 12)
_LIMBS = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10),
    (1, 11), (11, 12), (12, 13), (1, 0), (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip
_COLOURS = (
    (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0), (0, 255, 0), (0, 255, 85),
    (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255), (0, 0, 255), (85, 0, 255), (170, 0, 255),
    (255, 0, 255), (255, 0, 170), (255, 0, 85),
)  # fmt: skip
_LIMB_LIGHT = 0.6  # limbs are darker than points
_THICK = 4 / 512  # radius of points and half-width of limbs, of the picture's shorter side
SEEN = 0.5  # visibility from which a point is drawn


def openpose(points: Floats) -> Floats:
    """(33, 3) of `poses` → OpenPose's (18, 3)."""
    neck = points[list(_SHOULDERS)].mean(0)
    neck[2] = points[list(_SHOULDERS), 2].min()
    return np.stack([neck if place is None else points[place] for place in _FROM_BLAZE])


def drawn(people: Sequence[Floats], size: tuple[int, int]) -> Image.Image:
    """People as (33, 3) points → their figures, an RGB picture of `size` (width, height)."""
    picture = Image.new("RGB", size)
    pen = ImageDraw.Draw(picture)
    radius = max(1.0, _THICK * min(size))
    for person in people:
        marks = openpose(person)
        inside = ((marks[:, :2] >= 0) & (marks[:, :2] < size)).all(1)
        marks[:, 2] *= inside  # a guess beyond the edge is not seen
        for (a, b), colour in zip(_LIMBS, _COLOURS, strict=False):
            if min(marks[a, 2], marks[b, 2]) >= SEEN:
                pen.polygon(_limb(marks[a, :2], marks[b, :2], radius), fill=_darker(colour))
        for (x, y, visible), colour in zip(marks, _COLOURS, strict=True):
            if visible >= SEEN:
                pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    return picture


def _limb(a: Floats, b: Floats, radius: float) -> list[tuple[float, float]]:
    """A thin ellipse from one point to the other."""
    along = (b - a) / 2
    length = float(np.hypot(*along)) or 1.0
    across = np.array([-along[1], along[0]]) / length * radius
    turn = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    ring = (a + b) / 2 + np.outer(np.cos(turn), along) + np.outer(np.sin(turn), across)
    return [(float(x), float(y)) for x, y in ring]


def _darker(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    red, green, blue = (int(channel * _LIMB_LIGHT) for channel in colour)
    return red, green, blue

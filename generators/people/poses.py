"""How people stand: BlazePose (Bazarevsky et al. 2020) finds each one, turns and cuts them out, and names 33 points of them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generators.context import Context
from generators.people.boxes import Found, detect, places
from generators.people.networks import network

DETECTOR, MARKER = "pose_detection.tflite", "pose_landmark_full.tflite"
SIDE = 224
STRIDES = (8, 16, 32, 32, 32)
SURE, THERE = 0.5, 0.5  # that it is a body at all, before and after its points are named
LARGER = 1.25  # than the circle around a body, as the network was trained
POINTS = 33
SAME = 0.5  # of their width: two bodies whose middles are nearer are one

Floats = NDArray[np.float32]


def poses(ctx: Context, picture: Image.Image) -> list[Floats]:
    """The people in an RGB picture, surest first: (33, 3) each, x and y in pixels and how visible a point is, 0 to 1.

    The order of points is BlazePose's: 0 nose, 11 and 12 shoulders, 23 and 24 hips; the person's left comes first.
    """
    found: list[Floats] = []
    for body in detect(network(ctx, DETECTOR), places(SIDE, STRIDES), picture, SURE):
        points = _points(ctx, picture, body)
        if points is not None and not any(_same(points, other) for other in found):
            found.append(points)
    return found


def _points(ctx: Context, picture: Image.Image, body: Found) -> Floats | None:
    """The second network looks at a square around the hips, turned so that the body stands upright."""
    (x, y), (above_x, above_y) = body.points[:2]  # of the hips; and of a point on the circle around it all
    half = LARGER * math.hypot(above_x - x, above_y - y)
    angle = math.atan2(above_y - y, above_x - x) + math.pi / 2
    eyes = network(ctx, MARKER)
    side = eyes.size[0]
    cos, sin = math.cos(angle) * 2 * half / side, math.sin(angle) * 2 * half / side
    # From a pixel of the square to one of the picture.
    turned = np.array([[cos, -sin, x - (cos - sin) * side / 2], [sin, cos, y - (sin + cos) * side / 2]])
    step = 2 * half / side
    source, grown = picture, 1.0
    if step > 2:  # a square that is much smaller than its part of the picture: no pixel is skipped
        grown = step / 1.5
        source = picture.resize(
            (max(1, round(picture.width / grown)), max(1, round(picture.height / grown))),
            Image.Resampling.BOX,
        )
    square = source.transform(
        (side, side),
        Image.Transform.AFFINE,
        tuple((turned / grown).ravel()),
        resample=Image.Resampling.BILINEAR,
    )
    marks, there, *_ = eyes.answer(np.asarray(square, dtype=np.float32) / 255)
    if float(there[0]) < THERE:
        return None
    named = marks.reshape(-1, 5)[:POINTS]
    spots = named[:, :2] @ turned[:, :2].T + turned[:, 2]
    visible = 1 / (1 + np.exp(-named[:, 3:4].clip(-80, 80)))
    return np.concatenate([spots, visible], axis=1).astype(np.float32)


def _same(one: Floats, other: Floats) -> bool:
    spread = max(float(np.ptp(each[:, :2], axis=0).max()) for each in (one, other))
    apart = np.linalg.norm(one[:, :2].mean(0) - other[:, :2].mean(0))
    return float(apart) < SAME * spread / 2

"""Finds faces: BlazeFace's two networks, for near and for farther ones, and again on parts of a large picture."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PIL import Image

from generators.context import Context
from generators.people.boxes import Found, detect, overlap, places
from generators.people.networks import network

NEAR, FAR = "face_detection_short_range.tflite", "face_detection_full_range_sparse.tflite"
NEAR_SURE, FAR_SURE = 0.7, 0.65  # from which they are told; a snake in a logo is a face with 0.64
PART_SURE = 0.75  # in parts of a picture: more looks make more mistakes
PART = 384  # pixels: a picture whose short side is smaller is not looked at in parts
SAME = 0.3  # overlap from which two answers are one face
INSIDE = 0.7  # share of the smaller one inside the larger, likewise


def faces(ctx: Context, picture: Image.Image) -> list[Found]:
    """The faces in an RGB picture, surest first. About a hundredth of a second for each of up to eleven looks."""
    far = network(ctx, FAR), places(192, (4,), each=1)
    found = detect(network(ctx, NEAR), places(128, (8, 16, 16, 16)), picture, NEAR_SURE)
    found += detect(*far, picture, FAR_SURE)
    for part, (left, top) in _parts(picture):
        for face in detect(*far, part, PART_SURE):
            box = face.box[0] + left, face.box[1] + top, face.box[2] + left, face.box[3] + top
            found.append(Found(box, face.points + np.array((left, top)), face.sure))
    kept: list[Found] = []
    for face in sorted(found, key=lambda one: -one.sure):
        if not any(_same(face, other) for other in kept):
            kept.append(face)
    return kept


def _parts(picture: Image.Image) -> Iterator[tuple[Image.Image, tuple[int, int]]]:
    """Squares of two thirds of the short side, overlapping by half or more; with where each begins."""
    short = min(picture.size)
    if short < PART:
        return
    side = short * 2 // 3

    def begins(length: int) -> list[int]:
        count = min(4, -(-(length - side) * 2 // side) + 1)
        return [round(step * (length - side) / max(count - 1, 1)) for step in range(count)]

    for top in begins(picture.height):
        for left in begins(picture.width):
            yield picture.crop((left, top, left + side, top + side)), (left, top)


def _same(one: Found, other: Found) -> bool:
    if overlap(one.box, other.box) > SAME:
        return True
    width = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    height = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one.box, other.box)]
    return width > 0 and height > 0 and width * height > INSIDE * min(areas)

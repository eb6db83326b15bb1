"""Count and colour of the things in a picture on an even ground: what is not ground is a thing."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from generators.training.data.colours import Bytes, name_of, to_hsv

FAR = 60.0  # distance in RGB from the ground from which a pixel belongs to a thing
SMALLEST = 0.008  # share of the picture below which a patch is a speck: a 64 px picture's 5×6 pixels


def ground_of(pixels: Bytes) -> NDArray[np.float64]:
    """The ground's colour: the median of the picture's edge."""
    edge = np.concatenate(
        [pixels[:2].reshape(-1, 3), pixels[-2:].reshape(-1, 3), pixels[:, :2].reshape(-1, 3)]
    )
    middle: NDArray[np.float64] = np.median(edge, axis=0).astype(np.float64)
    return middle


def things_in(pixels: Bytes) -> NDArray[np.bool_]:
    """Where things are (height, width)."""
    mask: NDArray[np.bool_] = np.linalg.norm(pixels.astype(np.float64) - ground_of(pixels), axis=-1) > FAR
    return mask


def count(pixels: Bytes) -> int:
    """How many things there are, specks left out; patches that touch, corners included, are one thing."""
    mask = things_in(pixels)
    found, smallest = 0, SMALLEST * mask.size
    while mask.any():
        start = np.argwhere(mask)[0]
        stack, size = [(int(start[0]), int(start[1]))], 0
        mask[stack[0]] = False
        while stack:
            y, x = stack.pop()
            size += 1
            for row in range(max(0, y - 1), min(mask.shape[0], y + 2)):
                for column in range(max(0, x - 1), min(mask.shape[1], x + 2)):
                    if mask[row, column]:
                        mask[row, column] = False
                        stack.append((row, column))
        found += size >= smallest
    return found


def colour(pixels: Bytes) -> str | None:
    """The colour word that fits most of the things' pixels; None where there are none."""
    inside = pixels[things_in(pixels)]
    if not len(inside):
        return None
    hue, saturation, value = to_hsv(inside)
    names = Counter(
        name_of(float(h), float(s), float(v)) for h, s, v in zip(hue, saturation, value, strict=True)
    )
    return names.most_common(1)[0][0]


def ground_colour(pixels: Bytes) -> str:
    """The ground's colour word."""
    ground = ground_of(pixels).round().astype(np.uint8)[None]
    hue, saturation, value = to_hsv(ground)
    return name_of(float(hue[0]), float(saturation[0]), float(value[0]))

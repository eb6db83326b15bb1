"""Count and colour of the things in a picture on an even ground: what is not ground is a thing."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from generators.training.data.colours import Bytes, name_of, to_hsv

FAR = 60.0  # distance in RGB from the ground from which a pixel belongs to a thing
EVEN = 0.02  # share of a picture's variance that lies within cells of pixel art; without it, at least 0.047 of 137 scenes
PALE, COLOURLESS = (
    24,
    20.0,
)  # distance from white of what is drawn; largest less smallest channel of what is grey
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


def look(pixels: Bytes) -> str | None:
    """The look of `scenes.EFFECTS` that a picture of 64×64 pixels has: "pixel" where its cells of 4×4 are even, "gray"
    where what is not white has hardly a colour; else None."""
    values = pixels.astype(np.float64)
    cells = values.reshape(16, 4, 16, 4, 3).var((1, 3)).mean()
    if cells < EVEN * values.reshape(-1, 3).var(0).mean():
        return "pixel"
    drawn = values[(255 - values).max(-1) > PALE]
    return "gray" if len(drawn) and np.ptp(drawn, axis=-1).mean() < COLOURLESS else None


def ground_colour(pixels: Bytes) -> str:
    """The ground's colour word."""
    ground = ground_of(pixels).round().astype(np.uint8)[None]
    hue, saturation, value = to_hsv(ground)
    return name_of(float(hue[0]), float(saturation[0]), float(value[0]))

"""Nearest neighbours: does a model draw, or does it repeat what it was shown?

A picture's distance to the nearest training picture means something only beside that of real pictures which were not
trained on: a model that remembers whole pictures is nearer than these.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def distances(made: Floats, shown: Floats) -> Floats:
    """For each row of `made` (n, d), the Euclidean distance to its nearest row of `shown` (m, d): (n,)."""
    squares = (shown**2).sum(1)
    nearest = [float((squares - 2 * shown @ row).min() + row @ row) for row in made]
    return np.sqrt(np.maximum(nearest, 0.0))


def as_rows(pictures: NDArray[np.uint8], side: int = 16) -> Floats:
    """(n, s, s, 3) bytes → (n, side·side·3), each value 0 to 1, divided so that distances are roots of mean squares."""
    step = pictures.shape[1] // side
    small = pictures.reshape(len(pictures), side, step, side, step, 3).mean((2, 4)) / 255
    rows: Floats = small.reshape(len(pictures), -1) / np.sqrt(side * side * 3)
    return rows

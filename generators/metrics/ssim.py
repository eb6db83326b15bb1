"""Structural similarity of two pictures (Wang et al. 2004): 1 for the same, about 0 for unrelated ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RADIUS, SIGMA = 5, 1.5  # the paper's window: 11×11, Gaussian


def ssim(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Mean over the picture and its channels, of (height, width[, 3]) bytes, each side 11 or more.

    Population covariance, no padding. Raises ValueError for pictures of unlike shapes or smaller than the window.
    """
    if one.shape != other.shape:
        raise ValueError(f"The pictures have different shapes: {one.shape} and {other.shape}.")
    if min(one.shape[:2]) <= 2 * RADIUS:
        raise ValueError(f"Each side must have {2 * RADIUS + 1} pixels or more; given {one.shape[:2]}.")
    a, b = (picture.astype(np.float64) / 255 for picture in (one, other))
    small, smaller = 0.01**2, 0.03**2
    mean, other_mean = _blurred(a), _blurred(b)
    spread = _blurred(a * a) - mean**2
    other_spread = _blurred(b * b) - other_mean**2
    together = _blurred(a * b) - mean * other_mean
    likeness = ((2 * mean * other_mean + small) * (2 * together + smaller)) / (
        (mean**2 + other_mean**2 + small) * (spread + other_spread + smaller)
    )
    return float(likeness.mean())


def _blurred(picture: Floats) -> Floats:
    """The Gaussian window's mean at every place where the whole window fits."""
    window = np.exp(-(np.arange(-RADIUS, RADIUS + 1) ** 2) / (2 * SIGMA**2))
    window /= window.sum()
    rows = np.lib.stride_tricks.sliding_window_view(picture, len(window), axis=0) @ window
    both: Floats = np.lib.stride_tricks.sliding_window_view(rows, len(window), axis=1) @ window
    return both

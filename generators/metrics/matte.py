"""Errors of an alpha matte against the true one (Rhemann et al. 2009), and the overlap of what both call the thing.

Alphas are (height, width) bytes, 0 to 255; all pixels count, as there is no trimap here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
SIGMA = 1.4  # of the Gaussian whose derivative measures edges, as in the paper


def sad(made: Bytes, true: Bytes) -> float:
    """Sum of absolute differences, in thousands of pixels' full alpha."""
    return float(np.abs(_share(made) - _share(true)).sum() / 1000)


def mse(made: Bytes, true: Bytes) -> float:
    """Mean squared difference, 0 to 1."""
    return float(((_share(made) - _share(true)) ** 2).mean())


def gradient(made: Bytes, true: Bytes) -> float:
    """Sum of squared differences of the edges' strengths, in thousands: it rises where an edge is soft or elsewhere."""
    return float(((_edges(_share(made)) - _edges(_share(true))) ** 2).sum() / 1000)


def overlap(made: Bytes, true: Bytes) -> float:
    """Intersection over union of alphas above one half, 0 to 1; two empty ones overlap fully."""
    one, other = made > 127, true > 127
    either = int((one | other).sum())
    return float((one & other).sum() / either) if either else 1.0


def _share(alpha: Bytes) -> Floats:
    return alpha.astype(np.float64) / 255


def _edges(alpha: Floats) -> Floats:
    """Length of the gradient by derivatives of a Gaussian of unit length."""
    reach = np.arange(-4, 5)
    bell = np.exp(-(reach**2) / (2 * SIGMA**2))
    slope = -reach * bell / SIGMA**2
    norm = np.sqrt((np.outer(bell, slope) ** 2).sum())
    wide = np.pad(alpha, 4, mode="edge")

    def along(down: Floats, across: Floats) -> Floats:
        rows = np.lib.stride_tricks.sliding_window_view(wide, 9, axis=0) @ down
        both: Floats = np.lib.stride_tricks.sliding_window_view(rows, 9, axis=1) @ across / norm
        return both

    length: Floats = np.hypot(along(bell, slope), along(slope, bell))
    return length

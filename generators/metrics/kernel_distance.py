"""Kernel distance between two sets of features (KID, Bińkowski et al. 2018). Unlike Fréchet's it has no bias, so the
same distribution gives about 0 at any size, and may give a little less."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def distance(one: Floats, other: Floats) -> float:
    """Squared maximum mean discrepancy of (n, d) and (m, d) under the kernel (x·y/d + 1)³.

    Raises ValueError for sets of fewer than two rows.
    """
    if min(len(one), len(other)) < 2:
        raise ValueError(f"A distance needs two rows or more in each set; given {len(one)} and {len(other)}.")
    within, within_other, across = _kernel(one, one), _kernel(other, other), _kernel(one, other)
    return float(_without_diagonal(within) + _without_diagonal(within_other) - 2 * across.mean())


def _kernel(a: Floats, b: Floats) -> Floats:
    kernel: Floats = (a @ b.T / a.shape[1] + 1) ** 3
    return kernel


def _without_diagonal(kernel: Floats) -> float:
    count = len(kernel)
    return float((kernel.sum() - np.trace(kernel)) / (count * (count - 1)))

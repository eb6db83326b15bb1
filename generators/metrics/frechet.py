"""Fréchet distance between two sets of features (Heusel et al. 2017): how far apart their Gaussians are.

It grows as sets get smaller, so a distance means something only beside the one between two real sets of the same size
(the noise floor), and only for one kind of features: the name of the features is part of the figure's name.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def distance(one: Floats, other: Floats) -> float:
    """Between sets (n, d) and (m, d), 0 for the same set. Raises ValueError for sets of fewer than two rows."""
    if min(len(one), len(other)) < 2:
        raise ValueError(f"A distance needs two rows or more in each set; given {len(one)} and {len(other)}.")
    return of_gaussians(one.mean(0), np.cov(one.T), other.mean(0), np.cov(other.T))


def of_gaussians(mean: Floats, spread: Floats, other_mean: Floats, other_spread: Floats) -> float:
    """|m - n|² + trace(A + B - 2·(A^½ B A^½)^½), by eigenvalues: they stay real where a matrix root would not."""
    spread, other_spread = np.atleast_2d(spread), np.atleast_2d(other_spread)
    values, vectors = np.linalg.eigh(spread)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    crossed = np.linalg.eigvalsh(root @ other_spread @ root)
    shared = float(np.sqrt(crossed.clip(0)).sum())
    gap = float(((mean - other_mean) ** 2).sum())
    return max(0.0, gap + float(np.trace(spread) + np.trace(other_spread)) - 2 * shared)


def directions(real: Floats, count: int = 64) -> tuple[Floats, Floats]:
    """(mean, d × count): the directions in which `real` varies most. Projected on them, a few hundred rows are
    enough for a covariance; the figure's name says so."""
    mean = real.mean(0)
    _, _, rows = np.linalg.svd(real - mean, full_matrices=False)
    return mean, rows[:count].T

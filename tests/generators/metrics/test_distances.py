"""Distances between sets of features, against values that are known."""

from __future__ import annotations

import numpy as np
import pytest

from generators.metrics import frechet, kernel_distance, nearest


def features(
    count: int, size: int = 8, shift: float = 0.0, seed: int = 0
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.random.default_rng(seed).normal(shift, 1, (count, size))


def test_frechet_of_known_gaussians() -> None:
    """Of diagonal ones it is (m - n)² + Σ(√a - √b)²."""
    a, b = np.array([1.0, 4.0, 9.0]), np.array([4.0, 1.0, 0.0])
    gap = np.array([3.0, 0.0, 4.0])
    found = frechet.of_gaussians(np.zeros(3), np.diag(a), gap, np.diag(b))
    assert found == pytest.approx(25 + ((np.sqrt(a) - np.sqrt(b)) ** 2).sum(), abs=1e-9)


def test_frechet_of_sets() -> None:
    one, other = features(200), features(200, seed=1)
    assert frechet.distance(one, one) == pytest.approx(0, abs=1e-9)
    assert frechet.distance(one, other) == pytest.approx(frechet.distance(other, one))
    assert frechet.distance(one, one + 2.0) == pytest.approx(8 * 4.0)
    few = features(4, size=16)  # fewer rows than directions: the covariance is singular
    assert frechet.distance(few, few) == pytest.approx(0, abs=1e-6)


def test_directions_hold_what_varies() -> None:
    flat = features(50) * np.array([5, 4, 0, 0, 0, 0, 0, 0])
    mean, axes = frechet.directions(flat, 2)
    assert axes.shape == (8, 2)
    assert ((flat - mean) @ axes @ axes.T + mean) == pytest.approx(flat, abs=1e-9)


def test_kernel_distance_has_no_bias() -> None:
    """Over many pairs of small sets of one distribution the mean is zero; of others it is not."""
    same = [kernel_distance.distance(features(20, seed=k), features(20, seed=k + 500)) for k in range(100)]
    assert abs(np.mean(same)) < 3 * np.std(same) / 10
    assert min(same) < 0
    assert kernel_distance.distance(features(50), features(50, shift=1.0, seed=1)) > 5 * np.std(same)


def test_kernel_distance_by_hand() -> None:
    one, other = np.array([[0.0], [1.0]]), np.array([[1.0], [2.0]])
    within, within_other, across = 1.0, 27.0, (1 + 1 + 8 + 27) / 4
    assert kernel_distance.distance(one, other) == pytest.approx(within + within_other - 2 * across)


@pytest.mark.parametrize("measure", [frechet.distance, kernel_distance.distance])
def test_one_row_is_not_enough(measure: object) -> None:
    with pytest.raises(ValueError, match="two rows"):
        measure(features(1), features(5))  # type: ignore[operator]


def test_nearest() -> None:
    shown = np.array([[0.0, 0.0], [10.0, 0.0]])
    assert nearest.distances(np.array([[3.0, 4.0], [10.0, 0.0]]), shown).tolist() == [5.0, 0.0]
    black, grey = np.zeros((1, 64, 64, 3), np.uint8), np.full((1, 64, 64, 3), 51, np.uint8)
    assert nearest.distances(nearest.as_rows(black), nearest.as_rows(grey))[0] == pytest.approx(0.2)

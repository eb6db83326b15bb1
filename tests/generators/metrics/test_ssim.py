"""Structural similarity, against values that follow from its formula."""

from __future__ import annotations

import numpy as np
import pytest

from generators.metrics.ssim import ssim


def even(value: int, size: int = 16) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    return np.full((size, size, 3), value, np.uint8)


def noise(seed: int) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    return np.random.default_rng(seed).integers(0, 256, (32, 24, 3)).astype(np.uint8)


def test_of_even_pictures() -> None:
    """Without structure only the means are left: (2ab + c) / (a² + b² + c)."""
    a, b = 51 / 255, 153 / 255
    assert ssim(even(51), even(153)) == pytest.approx((2 * a * b + 1e-4) / (a * a + b * b + 1e-4), abs=1e-9)


def test_bounds() -> None:
    one, other = noise(0), noise(1)
    assert ssim(one, one) == pytest.approx(1)
    assert ssim(one, other) == pytest.approx(ssim(other, one))
    assert abs(ssim(one, other)) < 0.1
    assert ssim(one, 255 - one) < 0


def test_a_mean_square_of_one_window() -> None:
    """An 11×11 picture is one window: the formula by hand, with the paper's weights."""
    one, other = noise(2)[:11, :11, 0], noise(3)[:11, :11, 0]
    bell = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
    weights = np.outer(bell, bell) / bell.sum() ** 2
    a, b = one / 255, other / 255
    m, n = (weights * a).sum(), (weights * b).sum()
    spread, other_spread = (weights * (a - m) ** 2).sum(), (weights * (b - n) ** 2).sum()
    shared = (weights * (a - m) * (b - n)).sum()
    by_hand = (
        (2 * m * n + 1e-4) * (2 * shared + 9e-4) / ((m * m + n * n + 1e-4) * (spread + other_spread + 9e-4))
    )
    assert ssim(one, other) == pytest.approx(by_hand, abs=1e-9)


def test_what_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="shapes"):
        ssim(even(0), even(0, 17))
    with pytest.raises(ValueError, match="11 pixels"):
        ssim(even(0, 8), even(0, 8))

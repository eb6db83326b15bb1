"""Errors of mattes, against values by hand."""

from __future__ import annotations

import numpy as np
import pytest

from generators.metrics import matte


def square(left: int = 20, soft: bool = False) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    alpha = np.zeros((64, 64), np.uint8)
    alpha[20:40, left : left + 20] = 255
    if soft:
        alpha[20:40, left] = 128
    return alpha


def test_the_same_is_no_error() -> None:
    one = square(soft=True)
    assert (matte.sad(one, one), matte.mse(one, one), matte.gradient(one, one)) == (0, 0, 0)
    assert matte.overlap(one, one) == 1
    assert matte.overlap(np.zeros_like(one), np.zeros_like(one)) == 1


def test_by_hand() -> None:
    """A square ten pixels to the side: 400 pixels differ, 200 are shared of 600."""
    one, other = square(20), square(30)
    assert matte.sad(one, other) == pytest.approx(0.4)
    assert matte.mse(one, other) == pytest.approx(400 / 64**2)
    assert matte.overlap(one, other) == pytest.approx(200 / 600)


def test_edges_count() -> None:
    """The same sum of differences weighs more in the gradient where it bends an edge than spread over the thing."""
    true = square()
    bent, paler = true.copy(), true.copy()
    bent[20:40, 20:24] = 0
    paler[20:40, 20:40] = 204
    assert matte.sad(bent, true) == pytest.approx(matte.sad(paler, true))
    assert matte.gradient(bent, true) > 2 * matte.gradient(paler, true)

"""The shelf of vectors: nearest by a plain look at all, whatever was added, changed or left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generators.architectures.meaning import SIZE
from workers.meaning.shelf import FIRST, Shelf, packed


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "meaning" / "vectors.i8")


def some(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, SIZE)).astype(np.float32)


def test_as_plain_arithmetic_has_it(shelf: Shelf) -> None:
    """Over more rows than there was room for at first, in several adds."""
    count = 2 * FIRST + 100
    vectors = some(count)
    for start in range(0, count, 1500):
        keys = list(range(start, min(start + 1500, count)))
        shelf.add(keys, ["a"] * len(keys), ["image"] * len(keys), packed(vectors[keys]), new=True)
    asked = packed(some(1, seed=1))[0]
    cosine = vectors @ asked / np.linalg.norm(vectors, axis=1) / np.linalg.norm(asked.astype(np.float32))
    found = shelf.nearest(asked, ["a"], "", None, 20)
    assert shelf.held == count
    assert [likeness for _key, likeness in found] == sorted((each for _, each in found), reverse=True)
    assert [likeness for _key, likeness in found] == pytest.approx(
        np.sort(cosine)[::-1][:20].tolist(), abs=0.003
    )


def test_teams_media_and_a_choice(shelf: Shelf) -> None:
    vectors = packed(some(6))
    shelf.add(
        [1, 2, 3, 4, 5, 6],
        ["a", "a", "b", "a", "c", "b"],
        ["image", "text", "image", "image", "text", "text"],
        vectors,
    )
    asked = vectors[2]
    assert shelf.nearest(asked, ["b"], "", None, 5)[0] == (3, 1.0)

    def keys(teams: list[str], medium: str = "", among: list[int] | None = None, most: int = 9) -> set[int]:
        return {key for key, _likeness in shelf.nearest(asked, teams, medium, among, most)}

    assert keys(["a"]) == {1, 2, 4}
    assert keys(["a", "b"]) == {1, 2, 3, 4, 6}
    assert keys(["a", "b"], "image") == {1, 3, 4}
    assert keys(["a", "b"], "film") == set()
    assert keys(["a", "b"], among=[2, 3, 5]) == {2, 3}
    assert keys(["a", "b"], among=[]) == set()
    assert keys(["nobody"]) == keys([]) == set()
    assert keys(["a", "b", "c"], most=1) == {3}


def test_a_key_that_is_held_gets_the_new_vector(shelf: Shelf) -> None:
    old, new = packed(some(1)), packed(some(1, seed=5))
    shelf.add([7], ["a"], ["text"], old)
    shelf.add([7], ["a"], ["text"], new)
    assert shelf.nearest(old[0], ["a"], "", None, 5) == shelf.nearest(old[0], ["a"], "", [7], 5)
    assert shelf.nearest(new[0], ["a"], "", None, 5) == [(7, 1.0)]
    assert shelf.held == 1
    shelf.clear()
    assert (shelf.held, shelf.nearest(new[0], ["a"], "", None, 5)) == (0, [])

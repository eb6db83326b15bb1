"""Which of a thing's drawings a picture was made after: the nearest one, whatever its edges are like."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from generators.metrics import nearest
from generators.training.data.cache import small
from generators.training.data.colours import Bytes
from generators.training.data.scenes import paste
from generators.training.data.sprites import SIZE, Sprite

Floats = NDArray[np.float64]

SIZES = (0.78, 0.83, 0.88, 0.92)  # of one thing in a scene, as shares of it


class Drawings:
    """sprites and their pictures (n, 128, 128, 4), as `sprites.load` gives them."""

    def __init__(self, sprites: Sequence[Sprite], pictures: NDArray[np.uint8]) -> None:
        self.sprites, self.pictures = sprites, pictures
        self._kept: dict[str, list[tuple[str, Floats]]] = {}

    def style(self, picture: Bytes, name: str) -> str:
        """The style of that drawing of what is called `name` which is nearest to the picture (64, 64, 3): by the root
        mean square of 16×16 pixels, over a few sizes and both ways round, on white. Raises ValueError where nothing is
        called so."""
        return min(
            (float(nearest.distances(nearest.as_rows(picture[None]), rows)[0]), style)
            for style, rows in self._of(name)
        )[1]

    def _of(self, name: str) -> list[tuple[str, Floats]]:
        if name not in self._kept:
            self._kept[name] = [
                (sprite.style, nearest.as_rows(self._shown(place)))
                for place, sprite in enumerate(self.sprites)
                if name in sprite.names
            ]
        return self._kept[name]

    def _shown(self, place: int) -> Bytes:
        ways = []
        for size in SIZES:
            for mirrored in (False, True):
                canvas = np.full((SIZE, SIZE, 3), 255, np.float32)
                paste(canvas, np.asarray(self.pictures[place]), 0.5, 0.5, size, mirrored=mirrored)
                ways.append(small(canvas.astype(np.uint8), 64))
        return np.stack(ways)

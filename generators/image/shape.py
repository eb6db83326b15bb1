"""From the pocket model's 64×64 to the size that was asked for: the ground is extended, then all is enlarged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators.image.pipelines import NATIVE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    from generators.image.upscaler import Upscaler

SMOOTH = 6  # pixels to either side over which a continued line is smoothed


def extended(picture: Image, width: int, height: int) -> Image:
    """A square picture with its ground continued to the proportions of width : height.

    The model has only seen squares and doubles its subject on wider canvases. Its grounds are even, or change
    downwards only, so the outermost lines continue them.
    """
    import numpy as np
    from PIL import Image as Pictures

    pixels = np.asarray(picture)
    side = pixels.shape[0]
    across = max(side, round(side * width / height))
    down = max(side, round(side * height / width))
    left, above = (across - side) // 2, (down - side) // 2
    right, below = across - side - left, down - side - above
    columns = pixels.transpose(1, 0, 2)  # (columns, rows, 3), so that a column is a line like a row
    wide = np.concatenate(
        [_line(columns[:4])[None].repeat(left, 0), columns, _line(columns[-4:])[None].repeat(right, 0)]
    ).transpose(1, 0, 2)
    tall = np.concatenate(
        [_line(wide[:4])[None].repeat(above, 0), wide, _line(wide[-4:])[None].repeat(below, 0)]
    )
    return Pictures.fromarray(np.ascontiguousarray(tall))


def _line(lines: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """One line of ground from the outermost few (lines, length, 3): medians across and along it take out specks and
    stars and keep a horizon sharp."""
    import numpy as np

    line = np.median(lines, axis=0)
    padded = np.pad(line, ((SMOOTH, SMOOTH), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * SMOOTH + 1, axis=0)
    smooth: NDArray[np.uint8] = np.median(windows, axis=-1).round().astype(np.uint8)
    return smooth


def sized(picture: Image, width: int, height: int, upscaler: Upscaler | None) -> Image:
    """The picture at exactly this size: ×4 as often as is needed, then reduced. Without an upscaler, a filter."""
    from PIL import Image as Pictures

    from generators.image.upscaler import enlarge

    picture = extended(picture, width, height)
    while upscaler is not None and picture.width < width:
        picture = enlarge(upscaler, picture)
    if picture.size == (width, height):
        return picture
    return picture.resize((width, height), Pictures.Resampling.LANCZOS)


def passes(width: int, height: int) -> int:
    """How often `sized` enlarges."""
    side, times = NATIVE, 0
    while side < min(width, height):
        side, times = side * 4, times + 1
    return times

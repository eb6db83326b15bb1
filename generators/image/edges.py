"""Edges of a picture by Canny's method (Canny 1986), white lines on black.

As ControlNets for edges were trained with (OpenCV's Canny at 100 and 200): no blur before, and of the three channels the
one that changes most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

LOW, HIGH = 100.0, 200.0
"""Gradients (Sobel, levels of 0 to 255, across plus down) from which an edge goes on, and from which one begins."""


def edges(picture: Image) -> Image:
    """An RGB picture of the same size: 255 where there is an edge one pixel wide, else 0."""
    import numpy as np
    from PIL import Image as Pictures

    p = np.pad(np.asarray(picture.convert("RGB"), dtype=np.float32), ((1, 1), (1, 1), (0, 0)), mode="edge")
    across = (p[:-2, 2:] + 2 * p[1:-1, 2:] + p[2:, 2:]) - (p[:-2, :-2] + 2 * p[1:-1, :-2] + p[2:, :-2])
    down = (p[2:, :-2] + 2 * p[2:, 1:-1] + p[2:, 2:]) - (p[:-2, :-2] + 2 * p[:-2, 1:-1] + p[:-2, 2:])
    most = (np.abs(across) + np.abs(down)).argmax(2)[..., None]
    across, down = (np.take_along_axis(each, most, 2)[..., 0] for each in (across, down))
    size = np.abs(across) + np.abs(down)
    # Only the crest of a slope stays: larger than one neighbour along the gradient, not smaller than the other.
    sector = np.round(np.arctan2(down, across) / (np.pi / 4)).astype(int) % 4
    m = np.pad(size, 1)
    height, width = size.shape
    crest = np.zeros(size.shape, bool)
    for number, (dy, dx) in enumerate(((0, 1), (1, 1), (1, 0), (1, -1))):
        ahead = m[1 + dy : 1 + dy + height, 1 + dx : 1 + dx + width]
        behind = m[1 - dy : 1 - dy + height, 1 - dx : 1 - dx + width]
        crest |= (sector == number) & (size > ahead) & (size >= behind)
    weak = crest & (size > LOW)
    found = crest & (size > HIGH)
    while True:  # an edge goes on along weak pixels that touch it
        q = np.pad(found, 1)
        near = np.zeros_like(found)
        for dy in range(3):
            for dx in range(3):
                near |= q[dy : dy + height, dx : dx + width]
        grown = weak & near
        if (grown == found).all():
            break
        found = grown
    return Pictures.fromarray(np.where(found, 255, 0).astype(np.uint8)).convert("RGB")

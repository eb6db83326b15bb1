"""Edges of a picture by Canny's method (Canny 1986), as ControlNets for edges were trained with: white lines on black."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

BLUR = 1.0  # pixels
LOW, HIGH = 100.0, 200.0
"""Gradients (Sobel, grey levels of 0 to 255) from which an edge goes on, and from which one begins: OpenCV's usual pair."""


def edges(picture: Image) -> Image:
    """An RGB picture of the same size: 255 where there is an edge one pixel wide, else 0."""
    import numpy as np
    from PIL import Image as Pictures
    from PIL import ImageFilter

    grey = np.asarray(picture.convert("L").filter(ImageFilter.GaussianBlur(BLUR)), dtype=np.float32)
    p = np.pad(grey, 1, mode="edge")
    across = (p[:-2, 2:] + 2 * p[1:-1, 2:] + p[2:, 2:]) - (p[:-2, :-2] + 2 * p[1:-1, :-2] + p[2:, :-2])
    down = (p[2:, :-2] + 2 * p[2:, 1:-1] + p[2:, 2:]) - (p[:-2, :-2] + 2 * p[:-2, 1:-1] + p[:-2, 2:])
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

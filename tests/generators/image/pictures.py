"""Pictures for the tools that work on one, and the pixels of what they make."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from generators.context import AssetFile
from generators.events import Event
from tests.generators.image.conftest import asset_of

Pixels = NDArray[np.uint8]


def scene(width: int = 96, height: int = 64, mode: str = "RGB") -> Image.Image:
    """A red disc on green ground under a blue sky, with noise on every pixel, so that a copy is told from the original."""
    picture = Image.new("RGB", (width, height), (120, 180, 240))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, height * 2 // 3, width, height), fill=(60, 140, 50))
    side = min(width, height) // 4
    draw.ellipse(
        (width // 2 - side, height // 2 - side, width // 2 + side, height // 2 + side), fill=(210, 30, 30)
    )
    noise = np.random.default_rng(0).integers(-9, 10, (height, width, 3))
    noisy = Image.fromarray((np.asarray(picture).astype(int) + noise).clip(0, 255).astype(np.uint8))
    return noisy.convert(mode)


def box_mask(size: tuple[int, int], box: tuple[int, int, int, int]) -> Image.Image:
    """White in the box, right and bottom outside."""
    mask = Image.new("L", size, 0)
    mask.paste(255, box)
    return mask


def assets(folder: Path, **pictures: Image.Image) -> dict[str, AssetFile]:
    """Each picture as an asset of its name."""
    made: dict[str, AssetFile] = {}
    for name, picture in pictures.items():
        path = folder / f"in-{name}.png"
        picture.save(path)
        made[name] = AssetFile(name, path, "image", "image/png")
    return made


def pixels(made: Iterator[Event] | Path) -> Pixels:
    """(height, width, channels) of the one asset among a tool's events, or of a file."""
    path = made if isinstance(made, Path) else asset_of(made).path
    with Image.open(path) as picture:
        return np.array(picture)


def array(picture: Image.Image) -> Any:
    return np.array(picture)

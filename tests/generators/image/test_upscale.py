"""image.upscale with the network that the catalogue's card names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from generators.context import AssetFile, Context, ModelFiles
from generators.events import Progress, ToolError
from generators.image import upscaler
from generators.image.upscale import UpscaleInputs, upscale
from tests.generators.image.conftest import asset_of

Make = Callable[..., Context]


@pytest.fixture
def model() -> ModelFiles:
    folder = upscaler.weights_folder()
    assert folder is not None
    return ModelFiles("real-esrgan", "sha256:x4", folder, "ncnn", "upscale", meta={"stem": upscaler.FAST})


def asset(picture: Image.Image, folder: Path) -> dict[str, AssetFile]:
    path = folder / "source.png"
    picture.save(path)
    return {"one": AssetFile("one", path, "image", "image/png")}


def test_it_works(context: Make, model: ModelFiles, tmp_path: Path) -> None:
    source = Image.new("RGB", (64, 48), "white")
    ImageDraw.Draw(source).ellipse((16, 8, 48, 40), fill="red")
    ctx = context(model, assets=asset(source, tmp_path))
    with Image.open(asset_of(upscale.run(ctx, UpscaleInputs(image="one"))).path) as made:
        assert made.size == (256, 192)
        middle, corner = made.convert("RGB").getpixel((128, 96)), made.convert("RGB").getpixel((2, 2))
    assert middle[0] > 200 > 60 > middle[1]  # type: ignore[index]
    assert min(corner) > 240  # type: ignore[arg-type]


def test_tiles_do_not_show(context: Make, model: ModelFiles, tmp_path: Path) -> None:
    source = Image.linear_gradient("L").resize((upscaler.TILE + 40, upscaler.TILE + 8)).convert("RGB")
    ctx = context(model, assets=asset(source, tmp_path))
    events = list(upscale.run(ctx, UpscaleInputs(image="one")))
    assert [event.step for event in events if isinstance(event, Progress)] == [1, 2, 3, 4]
    with Image.open(asset_of(iter(events)).path) as made:
        grey = made.convert("L")
    seam = upscaler.TILE * upscaler.FACTOR
    for y in range(0, grey.height, 50):
        before, after = grey.getpixel((seam - 1, y)), grey.getpixel((seam, y))
        assert abs(before - after) <= 4  # type: ignore[operator]


def test_transparency_stays(context: Make, model: ModelFiles, tmp_path: Path) -> None:
    source = Image.new("RGBA", (32, 32), (0, 0, 255, 255))
    source.paste((0, 0, 0, 0), (0, 0, 16, 32))
    ctx = context(model, assets=asset(source, tmp_path))
    with Image.open(asset_of(upscale.run(ctx, UpscaleInputs(image="one"))).path) as made:
        assert made.getpixel((8, 64))[3] == 0  # type: ignore[index]
        assert made.getpixel((120, 64))[3] == 255  # type: ignore[index]


def test_too_large_is_refused(context: Make, model: ModelFiles, tmp_path: Path) -> None:
    ctx = context(model, assets=asset(Image.new("RGB", (2049, 8)), tmp_path))
    with pytest.raises(ToolError, match="larger than 2048"):
        list(upscale.run(ctx, UpscaleInputs(image="one")))

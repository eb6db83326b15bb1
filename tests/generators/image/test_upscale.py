"""image.upscale with the network that the catalogue's card names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from generators.context import AssetFile, Context, ModelFiles
from generators.events import ToolError
from generators.image import upscaler
from generators.image.upscale import UpscaleInputs, upscale
from tests.generators.image.conftest import asset_of
from tests.generators.image.pictures import pixels, scene

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


def test_twice(context: Make, model: ModelFiles, tmp_path: Path) -> None:
    source = scene(64, 48)
    ctx = context(model, assets=asset(source, tmp_path))
    twice = pixels(upscale.run(ctx, UpscaleInputs(image="one", scale=2)))
    assert twice.shape == (96, 128, 3)
    back = Image.fromarray(twice).resize(source.size, Image.Resampling.BOX)
    assert np.abs(np.asarray(back).astype(int) - np.asarray(source)).mean() < 12


def test_tiles_do_not_show(model: ModelFiles) -> None:
    """A picture in four tiles against the same picture in one piece, beside the seams and away from them."""
    net = upscaler.Upscaler(upscaler.FAST, model.path, 1)
    side = net.side + 40
    waves = np.sin(np.arange(side) / 3.1)[:, None] * np.sin(np.arange(side) / 2.3) * 60 + 128
    noisy = waves + np.random.default_rng(0).normal(0, 12, (side, side))
    source = Image.fromarray(np.stack([noisy, noisy.T, 255 - noisy], -1).clip(0, 255).astype(np.uint8))
    tiled = np.asarray(upscaler.enlarge(net, source)).astype(int)
    whole = net.tile(np.asarray(source)).astype(int)
    seam = net.side * upscaler.FACTOR
    assert np.abs(tiled - whole).max() <= 2
    jumps = np.abs(np.diff(tiled, axis=1)).mean((0, 2))
    assert jumps[seam - 1] < 1.2 * np.abs(np.diff(whole, axis=1)).mean((0, 2))[seam - 1] + 0.5


def test_a_plain_filter_where_no_upscaler_is_installed(context: Make, tmp_path: Path) -> None:
    source = scene(64, 48, "RGBA")
    made = asset_of(
        upscale.run(context(None, assets=asset(source, tmp_path)), UpscaleInputs(image="one", scale=2))
    )
    assert made.facts["notes"] == ["Enlarged with a plain filter: no upscaler is installed here."]
    with Image.open(made.path) as picture:
        assert picture.size == (128, 96)
        assert (
            picture.convert("RGB").tobytes()
            == source.convert("RGB").resize((128, 96), Image.Resampling.LANCZOS).tobytes()
        )


def test_transparency_stays(context: Make, model: ModelFiles, tmp_path: Path) -> None:
    source = Image.new("RGBA", (32, 32), (0, 0, 255, 255))
    source.paste((0, 0, 0, 0), (0, 0, 16, 32))
    ctx = context(model, assets=asset(source, tmp_path))
    with Image.open(asset_of(upscale.run(ctx, UpscaleInputs(image="one"))).path) as made:
        assert made.getpixel((8, 64))[3] == 0  # type: ignore[index]
        assert made.getpixel((120, 64))[3] == 255  # type: ignore[index]


@pytest.mark.parametrize(("scale", "side"), [(4, 2048), (2, 4096)])
def test_too_large_is_refused(
    scale: int, side: int, context: Make, model: ModelFiles, tmp_path: Path
) -> None:
    ctx = context(model, assets=asset(Image.new("RGB", (side + 1, 8)), tmp_path))
    with pytest.raises(ToolError, match=f"up to {side} px"):
        list(upscale.run(ctx, UpscaleInputs.model_validate({"image": "one", "scale": scale})))

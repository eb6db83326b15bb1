"""image.remove_background with the pocket net: edges judged by figures, on pictures whose alpha is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from generators.context import Context, ModelFiles
from generators.image import cutting
from generators.image.remove_background import CutOutInputs, remove_background
from generators.lab.weights import digest_of
from tests.generators.image.conftest import ROOT
from tests.generators.image.pictures import Pixels, array, assets, pixels

Make = Callable[..., Context]
NET = ModelFiles(
    "pocket-matting", "sha256:matting", ROOT / "generators/weights/pocket-matting", "pocket", "cut-out"
)
SIDE = 256


def ground(kind: str) -> Image.Image:
    """Grounds that are even, shaded and cloudy."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    if kind == "even":
        return Image.new("RGB", (SIDE, SIDE), (60, 150, 90))
    if kind == "shaded":
        return Image.fromarray(np.stack([200 - 90 * y, 190 + 30 * x, 120 + 100 * y], -1).astype(np.uint8))
    noise = np.random.default_rng(1).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def thing(kind: str) -> Image.Image:
    """Its alpha, drawn four times as large so that its edge is soft."""
    alpha = Image.new("L", (4 * SIDE, 4 * SIDE))
    draw = ImageDraw.Draw(alpha)
    if kind == "disc":
        draw.ellipse((280, 240, 800, 760), fill=255)
    else:
        draw.polygon([(512, 160), (860, 800), (512, 660), (164, 800)], fill=255)
    return alpha.resize((SIDE, SIDE), Image.Resampling.BOX)


def composed(kind: str, shape: str) -> tuple[Image.Image, Pixels, Image.Image]:
    """(picture, its true alpha, the thing's own colours)."""
    alpha = thing(shape)
    colours = Image.linear_gradient("L").resize((SIDE, SIDE))
    own = Image.merge(
        "RGB",
        (
            colours.point(lambda v: 200 + v // 5),
            colours.point(lambda v: 40 + v // 3),
            Image.new("L", (SIDE, SIDE), 40),
        ),
    )
    return Image.composite(own, ground(kind), alpha), array(alpha), own


@pytest.mark.parametrize("kind", ["even", "shaded", "cloudy"])
@pytest.mark.parametrize("shape", ["disc", "arrow"])
def test_edges_by_figure(kind: str, shape: str, context: Make, tmp_path: Path) -> None:
    """Mean error of alpha over the picture and over the band of 4 pixels around the true edge, 0 to 255; and overlap."""
    picture, true, _ = composed(kind, shape)
    made = pixels(
        remove_background.run(context(NET, assets=assets(tmp_path, one=picture)), CutOutInputs(image="one"))
    )
    assert made.shape == (SIDE, SIDE, 4)
    alpha = made[..., 3].astype(int)
    error = np.abs(alpha - true)
    inner = array(Image.fromarray(true).filter(ImageFilter.MinFilter(9)))
    outer = array(Image.fromarray(true).filter(ImageFilter.MaxFilter(9)))
    band = (inner < 128) & (outer > 128)
    both, either = ((alpha > 127) & (true > 127)).sum(), ((alpha > 127) | (true > 127)).sum()
    figures = f"error {error.mean():.2f}, at the edge {error[band].mean():.1f}, overlap {both / either:.3f}"
    assert error.mean() < 6, figures
    assert error[band].mean() < 45, figures
    assert both / either > 0.93, figures
    whole = alpha == 255
    assert whole.sum() > 0.5 * (true == 255).sum()
    assert (made[whole][:, :3] == array(picture)[whole]).all()


def test_the_old_ground_does_not_shine_through() -> None:
    picture, true, own = composed("even", "disc")
    edge = (true > 60) & (true < 200)
    before = np.abs(array(picture)[edge].astype(int) - array(own)[edge]).mean()
    after = np.abs(cutting.foreground(array(picture), true)[edge].astype(int) - array(own)[edge]).mean()
    assert after < before / 3


def test_a_picture_without_a_thing_is_called_so() -> None:
    assert cutting.judged(np.zeros((9, 9), np.uint8))
    assert cutting.judged(np.full((9, 9), 255, np.uint8))
    assert cutting.judged(np.full((9, 9), 128, np.uint8))
    assert cutting.judged(array(thing("disc"))) == []


def test_what_was_transparent_stays_so(context: Make, tmp_path: Path) -> None:
    picture, _, _ = composed("even", "disc")
    picture.putalpha(Image.new("L", picture.size, 255))
    picture.paste((0, 0, 0, 0), (0, 0, SIDE // 2, SIDE))
    made = pixels(
        remove_background.run(context(NET, assets=assets(tmp_path, one=picture)), CutOutInputs(image="one"))
    )
    assert not made[:, : SIDE // 2, 3].any()


def test_the_card_names_these_weights() -> None:
    import tomllib

    card = tomllib.loads((NET.path / "card.toml").read_text(encoding="utf-8"))
    assert card["digest"] == digest_of(NET.path)

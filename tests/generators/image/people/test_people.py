"""Faces, outlines and poses by the real networks, of people drawn by us; and what is said where the networks are not there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from generators.context import Context
from generators.events import ToolError
from generators.image import control
from generators.image.describe import DescribeInputs, describe
from generators.image.remove_background import CutOutInputs, remove_background
from generators.people import figures, networks
from generators.people.faces import faces
from generators.people.poses import poses
from studio.setup import people as setup
from tests.generators.image.conftest import asset_of
from tests.generators.image.people.drawings import FACE, JOINTS, portrait, standing
from tests.generators.image.pictures import array, assets, pixels, scene
from tests.generators.image.test_remove_background import NET

Make = Callable[..., Context]
there = pytest.mark.skipif(not networks.installed(), reason="`manage.py setup people` was not run")
BLAZE = {
    "left_shoulder": 11, "right_shoulder": 12, "left_elbow": 13, "right_elbow": 14, "left_wrist": 15,
    "right_wrist": 16, "left_hip": 23, "right_hip": 24, "left_ankle": 27, "right_ankle": 28,
}  # fmt: skip


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which `setup people` was not run."""
    monkeypatch.setattr(networks, "FOLDER", "share/studio/nobody")


def crowd() -> Image.Image:
    """Three portraits of different sizes, one of them turned a little."""
    ground = Image.new("RGB", (640, 420), (90, 120, 90))
    for side, at, angle in ((300, (10, 60), 0), (160, (330, 20), 10), (130, (480, 250), 0)):
        head, shape = portrait(side)
        ground.paste(
            head.rotate(angle, Image.Resampling.BICUBIC), at, shape.rotate(angle, Image.Resampling.BICUBIC)
        )
    return ground


@there
def test_faces_are_counted(context: Make) -> None:
    ctx = context(None)
    (one,) = faces(ctx, portrait()[0])
    left, top, right, bottom = one.box
    assert FACE[0] - 20 < left < (left + right) / 2 < right < FACE[2] + 20
    assert abs((left + right) / 2 - 128) < 8
    assert top < 115 < 165 < bottom, "eyes and mouth are in it"
    assert len(faces(ctx, crowd())) == 3
    assert faces(ctx, scene(640, 480)) == []
    assert faces(ctx, Image.new("RGB", (3, 500))) == []


@there
def test_describe_counts_them(context: Make, tmp_path: Path) -> None:
    ctx = context(None, assets=assets(tmp_path, one=crowd(), two=scene(200, 150)))
    made = asset_of(describe.run(ctx, DescribeInputs(image="one", read_text=False)))
    assert len(made.facts["faces"]) == 3
    words = made.path.read_text(encoding="utf-8")
    assert "**Faces**: 3." in words
    assert "who anybody is" in words
    made = asset_of(describe.run(ctx, DescribeInputs(image="two", read_text=False)))
    assert made.facts["faces"] == []
    assert "none that can be found" in made.path.read_text(encoding="utf-8")


@pytest.mark.usefixtures("bare")
def test_without_the_networks_it_is_said(context: Make, tmp_path: Path) -> None:
    ctx = context(NET, assets=assets(tmp_path, one=portrait()[0]))
    made = asset_of(
        describe.run(context(None, assets=ctx.assets), DescribeInputs(image="one", read_text=False))
    )
    assert made.facts["faces"] is None
    assert "setup people" in made.path.read_text(encoding="utf-8")
    with pytest.raises(ToolError, match="setup people"):
        asset_of(remove_background.run(ctx, CutOutInputs(image="one", subject="people")))
    made = asset_of(remove_background.run(ctx, CutOutInputs(image="one")))
    assert made.facts["cut_by"] == "anything"
    picture = portrait()[0]
    shown, notes = control.prepared(ctx, picture, "pose")
    assert shown is picture
    assert "setup people" in notes[0]


@there
@pytest.mark.parametrize("large", [False, True])
def test_people_are_cut_out(large: bool, context: Make, tmp_path: Path) -> None:
    """By figures: overlap and mean error of alpha, 0 to 255; also of somebody who is small in the picture."""
    picture, alpha = portrait()
    if large:
        picture = ImageOps.expand(picture, (500, 380, 300, 0), (120, 150, 170))
        alpha = ImageOps.expand(alpha, (500, 380, 300, 0), 0)
    ctx = context(NET, assets=assets(tmp_path, one=picture))
    made = asset_of(remove_background.run(ctx, CutOutInputs(image="one")))
    assert made.facts["cut_by"] == "people", "a face is seen"
    with Image.open(made.path) as file:
        found = array(file)[..., 3].astype(int)
    true = array(alpha)
    both, either = ((found > 127) & (true > 127)).sum(), ((found > 127) | (true > 127)).sum()
    figures_ = f"overlap {both / either:.3f}, error {np.abs(found - true).mean():.2f}"
    assert both / either > 0.96, figures_
    assert np.abs(found - true).mean() < 3, figures_
    other = pixels(remove_background.run(ctx, CutOutInputs(image="one", subject="anything")))[..., 3]
    assert (other != found).any()


@there
@pytest.mark.parametrize(("side", "angle"), [(256, 0), (900, 0), (512, 35)])
def test_a_pose_is_found(side: int, angle: int, context: Make) -> None:
    picture = standing(side).rotate(angle, Image.Resampling.BICUBIC, fillcolor=(190, 200, 190))
    (found,) = poses(context(None), picture)
    turn = np.radians(-angle)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    for name, place in BLAZE.items():
        x, y = matrix @ (np.array(JOINTS[name]) - 128) + 128
        off = np.hypot(*(found[place, :2] * 256 / side - (x, y)))
        near = 12 if "shoulder" in name or "hip" in name else 30
        assert off < near, f"{name} is {off:.0f} of 256 pixels off"


@there
def test_two_people_are_two_figures(context: Make) -> None:
    both = Image.new("RGB", (460, 256), (190, 200, 190))
    both.paste(standing(), (0, 0))
    both.paste(ImageOps.mirror(standing()), (204, 0))
    shown, notes = control.prepared(context(None), both, "pose")
    assert notes == ["The pose of 2 people was found in the control picture."]
    seen = array(shown)
    assert shown.size == both.size
    assert seen[:, :230].any()
    assert seen[:, 230:].any()
    again, notes = control.prepared(context(None), shown, "pose")
    assert again is shown, "a stick figure stays as it is"
    assert notes == []
    _, notes = control.prepared(context(None), scene(256, 256), "pose")
    assert notes == ["Nobody was found in the control picture; it was used as it is."]


def test_figures_have_openposes_colours() -> None:
    person = np.zeros((33, 3), np.float32)
    for name, place in BLAZE.items():
        person[place] = (*JOINTS[name], 1)
    person[[0, 2, 5, 7, 8]] = [(128, 45, 1), (134, 40, 1), (122, 40, 1), (142, 44, 1), (114, 44, 1)]
    person[[25, 26]] = [(146, 194, 1), (-20, 194, 1)]  # one knee is outside of the picture
    picture = figures.drawn([person], (256, 256))
    at = picture.getpixel
    assert at((104, 80)) == (255, 170, 0), "the right shoulder"
    assert at((152, 80)) == (85, 255, 0), "the left one"
    assert at((128, 80)) == (255, 85, 0), "the neck between them"
    assert at((128, 45)) == (255, 0, 0), "the nose"
    assert at((116, 80)) == (153, 0, 0), "the limb to the right shoulder, darker"
    assert at((144, 172)) == (0, 102, 153), "the left thigh"
    assert at((108, 236)) == (0, 170, 255), "the right ankle"
    assert at((111, 190)) == (0, 0, 0), "no right shin"


def test_the_setup_brings_what_is_looked_for() -> None:
    assert {Path(place).name for place in setup.NETWORKS} == set(networks.FILES)
    assert setup.FOLDER == networks.FOLDER

"""Regions: what is outside a mask stays byte for byte, what is inside fades in, windows stay on the picture."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from generators.events import Progress
from generators.fields import FrameSize
from generators.image import region
from tests.generators.image.pictures import array, box_mask, scene


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["RGB", "RGBA"]))
def test_outside_a_mask_not_a_byte_changes(seed: int, mode: str) -> None:
    rng = np.random.default_rng(seed)
    before = Image.fromarray(rng.integers(0, 256, (40, 56, len(mode)), dtype=np.uint8), mode)
    after = Image.fromarray(rng.integers(0, 256, (40, 56, 3), dtype=np.uint8))
    strokes = rng.random((40, 56)) > rng.random()
    mask = Image.fromarray((strokes * rng.integers(0, 256, (40, 56))).astype(np.uint8))
    made = array(region.blended(before, after, mask))
    assert (made[array(mask) == 0] == array(before)[array(mask) == 0]).all()


def test_inside_it_is_the_new_with_a_soft_edge() -> None:
    before, after = Image.new("RGB", (64, 64), "black"), Image.new("RGB", (64, 64), "white")
    made = array(region.blended(before, after, box_mask((64, 64), (16, 16, 48, 48))))[32, :, 0]
    assert (made[25:39] == 255).all()
    edge = made[16:24].astype(int)
    assert (np.diff(edge) >= 0).all()
    assert 0 < edge[2] < 255
    assert np.diff(edge).max() < 120, "no step"


def test_a_thin_stroke_is_not_lost() -> None:
    before, after = Image.new("RGB", (64, 64), "black"), Image.new("RGB", (64, 64), "white")
    made = array(region.blended(before, after, box_mask((64, 64), (0, 30, 64, 33))))
    assert (made[30:33] == 255).all()


def test_the_round_end_of_a_stroke_is_soft() -> None:
    before, after = Image.new("RGB", (96, 64), "black"), Image.new("RGB", (96, 64), "white")
    large = Image.new("L", (960, 640))
    ImageDraw.Draw(large).line((300, 320, 660, 320), 255, 240)
    for end in (300, 660):
        ImageDraw.Draw(large).circle((end, 320), 120, 255)
    made = array(region.blended(before, after, large.resize((96, 64), Image.Resampling.BOX)))[..., 0]
    assert made[32, 40] == 255
    assert made[:, 17:20].max() < 110
    assert made[:, 76:79].max() < 110


def test_frames_show_what_is_drawn_in_its_place() -> None:
    """Of a large picture they are small, and keep its shape; closing them closes the drawing."""
    closed = []

    def drawing() -> Iterator[Progress]:
        try:
            yield Progress(1, 2)
            yield Progress(2, 2, preview=Image.new("RGB", (64, 64), "white"))
        finally:
            closed.append(True)

    picture, box = Image.new("RGB", (2048, 1024), "black"), (1024, 0, 2048, 1024)
    mask = box_mask(picture.size, (1536, 512, 2048, 1024))
    steps = region.placed(cast("Generator[Progress, None, Image.Image]", drawing()), picture, mask, box)
    assert next(steps).preview is None
    frame = next(steps).preview
    assert frame is not None
    assert frame.size == (512, 256)
    white = array(frame)[..., 0] > 128
    assert white[130:, 386:].all()
    assert not white[:126].any()
    assert not white[:, :382].any()
    steps.close()
    assert closed


def test_what_was_transparent_shows_where_it_is_changed() -> None:
    before = Image.new("RGBA", (64, 64), (9, 9, 9, 0))
    made = region.blended(before, Image.new("RGB", (64, 64), "red"), box_mask((64, 64), (16, 16, 48, 48)))
    assert made.getpixel((32, 32)) == (255, 0, 0, 255)
    assert made.getpixel((2, 2)) == (9, 9, 9, 0)


@given(
    st.integers(1, 300),
    st.integers(1, 300),
    st.integers(1, 200),
    st.data(),
    st.sampled_from([0.0, 0.25, 1.0]),
)
@settings(max_examples=60, deadline=None)
def test_a_window_holds_the_mask_and_stays_on_the_picture(
    width: int, height: int, least: int, data: st.DataObject, around: float
) -> None:
    left, top = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    right, bottom = data.draw(st.integers(left + 1, width)), data.draw(st.integers(top + 1, height))
    box = region.window(box_mask((width, height), (left, top, right, bottom)), least, around)
    assert 0 <= box[0] <= left < right <= box[2] <= width
    assert 0 <= box[1] <= top < bottom <= box[3] <= height
    assert box[2] - box[0] >= min(least, width)
    assert box[3] - box[1] >= min(least, height)


def test_expanding_keeps_the_old_pixels() -> None:
    picture = scene(40, 30, "RGBA")
    frame = FrameSize(left=8, top=2, right=0, bottom=16)
    made, mask = region.expanded(picture, frame, box_mask((40, 30), (0, 0, 5, 5)))
    assert made.size == mask.size == (48, 48)
    assert (array(made)[2:32, 8:] == array(picture)).all()
    shown = array(mask)
    assert shown[2:7, 8:13].all()
    assert shown[:, :8].all()
    assert not shown[7:32, 13:].any()


def test_new_ground_begins_without_a_seam() -> None:
    """Ground drawn 60 levels too dark: the jump at the old picture's edge is no larger than jumps elsewhere."""
    picture, frame = scene(128, 128), FrameSize(right=128)
    ground, _ = region.expanded(picture, frame)
    dark = ground.point(lambda level: max(0, level - 60))
    made = array(region.joined(ground, dark, region.added(ground.size, frame))).astype(int)
    whole = np.concatenate([array(picture).astype(int), made[:, 128:]], axis=1)
    jump = np.abs(whole[:, 127:128] - whole[:, 128:129]).mean()
    assert jump < 12, "the picture's own grain is 9"
    assert np.abs(made[:, 250] - array(dark)[:, 250]).mean() < 2
    assert (made[:, :128] == array(dark)[:, :128]).all()


@pytest.mark.parametrize("size", [(64, 64), (4096, 512), (300, 900), (1024, 1024)])
def test_it_is_fitted_to_what_the_model_draws(size: tuple[int, int]) -> None:
    width, height = region.fitted(size, 512, 64)
    assert width % 64 == height % 64 == 0
    assert 0.7 < width * height / 512**2 < 1.4
    assert 0.7 < (width / height) / (size[0] / size[1]) < 1.4


def test_masks_of_other_kinds(tmp_path: Path) -> None:
    drawn = Image.new("RGBA", (20, 20), (255, 255, 255, 0))
    drawn.paste((255, 255, 255, 255), (0, 0, 10, 10))
    drawn.save(tmp_path / "clear.png")
    mask = region.open_mask(tmp_path / "clear.png", (40, 40))
    assert mask.getpixel((5, 5)) == 255
    assert mask.getpixel((35, 35)) == 0
    Image.new("L", (20, 20), 0).save(tmp_path / "black.png")
    with pytest.raises(region.EmptyMask):
        region.open_mask(tmp_path / "black.png", (20, 20))

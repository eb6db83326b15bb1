"""image.edit with the pocket model and with tiny real models of the large families."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generators.context import Context, ModelFiles
from generators.events import Progress, ToolError
from generators.fields import FrameSize
from generators.image import beyond, pipelines
from generators.image.edit import EditInputs, edit
from generators.tool import ModelFacts
from tests.generators.image.conftest import POCKET, asset_of
from tests.generators.image.pictures import Pixels, array, assets, box_mask, pixels, scene

Make = Callable[..., Context]
Tiny = Callable[[str], ModelFiles]
LARGE = ("stable_diffusion", "stable_diffusion_xl", "stable_diffusion_3", "flux", "qwen_image", "z_image")
SOME = [  # the two that differ most in every run
    family if family in ("stable_diffusion", "qwen_image") else pytest.param(family, marks=pytest.mark.slow)
    for family in LARGE
]
EDITORS = [
    "instruct_pix2pix",
    "flux_kontext",
    pytest.param("qwen_image_edit", marks=pytest.mark.slow),
    "qwen_image_edit_plus",
]


@pytest.fixture
def change(context: Make, tmp_path: Path) -> Callable[..., Pixels]:
    """change(model, picture, mask, prompt=…, …): the pixels that image.edit makes."""

    def run(
        model: ModelFiles,
        picture: Image.Image,
        mask: Image.Image | None = None,
        *,
        seed: int = 7,
        **inputs: Any,
    ) -> Pixels:
        given = {"picture": picture} | ({"mask": mask} if mask else {})
        ctx = context(model, seed=seed, assets=assets(tmp_path, **given))
        if model is not POCKET:
            ctx.model(pipelines.load).native = 64  # these know no size of their own; 1024 would take minutes
        settings: dict[str, Any] = {"prompt": "a red apple", "steps": 4} | inputs
        return pixels(edit.run(ctx, EditInputs(image="picture", mask="mask" if mask else None, **settings)))

    return run


Change = Callable[..., Pixels]


def test_a_whole_picture_is_drawn_anew(change: Change) -> None:
    picture = scene(96, 64)
    near = change(POCKET, picture, strength=0.1)
    far = change(POCKET, picture, strength=1.0)
    assert near.shape == far.shape == (64, 96, 3)
    before = array(picture).astype(int)
    assert np.abs(near - before).mean() < 12 < 25 < np.abs(far - before).mean()
    assert (change(POCKET, picture, strength=1.0) == far).all()
    assert (change(POCKET, picture, strength=1.0, prompt="a blue butterfly") != far).any()


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_outside_the_mask_not_a_byte_changes(mode: str, change: Change) -> None:
    picture, mask = scene(300, 180, mode), box_mask((300, 180), (200, 20, 290, 150))
    made = change(POCKET, picture, mask, prompt="a blue butterfly", strength=1.0)
    assert (made[array(mask) == 0] == array(picture)[array(mask) == 0]).all()
    inside = np.abs(made[30:140, 210:280].astype(int) - array(picture)[30:140, 210:280])
    assert inside.mean() > 10


def test_a_large_picture_is_worked_on_in_a_window(change: Change) -> None:
    picture, mask = scene(2048, 512), box_mask((2048, 512), (1950, 10, 2040, 100))
    made = change(POCKET, picture, mask, steps=2)
    assert made.shape == (512, 2048, 3)
    assert (made[array(mask) == 0] == array(picture)[array(mask) == 0]).all()
    assert (made[array(mask) == 255] != array(picture)[array(mask) == 255]).any()


def test_a_narrow_frame_gets_more_of_the_same_ground(change: Change) -> None:
    picture = scene(64, 64)
    made = change(POCKET, picture, expand=FrameSize(left=16, right=32, bottom=8), prompt="a blue butterfly")
    assert made.shape == (72, 112, 3)
    assert (made[:64, 16:80] == array(picture)).all()
    above, below = (made[rows, 90:].astype(int).mean((0, 1)) for rows in (slice(4, 20), slice(50, 60)))
    assert above[2] > above[0], "the sky goes on"
    assert below[1] > below[2], "and the grass below it"


def test_words_that_it_has_not_learnt_are_told_beside_new_ground(context: Make, tmp_path: Path) -> None:
    ctx = context(POCKET, assets=assets(tmp_path, picture=scene()))
    asked = EditInputs(image="picture", prompt="a zeppelin", expand=FrameSize(right=64), steps=1)
    notes = asset_of(edit.run(ctx, asked)).facts["notes"]
    assert any("“zeppelin”" in note for note in notes)


def test_of_several_things_the_first_stands_on_new_ground(context: Make, tmp_path: Path) -> None:
    ctx = context(POCKET, assets=assets(tmp_path, picture=scene()))
    asked = EditInputs(image="picture", prompt="an owl and a tree", expand=FrameSize(right=64), steps=1)
    assert any("an owl alone was drawn" in note for note in asset_of(edit.run(ctx, asked)).facts["notes"])


def test_what_is_named_stands_on_new_ground(change: Change) -> None:
    """The window shows the ground at its rim and the thing in its middle, which other words change."""
    picture = Image.new("RGB", (96, 64), (250, 212, 40))

    def beside(prompt: str) -> Pixels:
        made = change(POCKET, picture, expand=FrameSize(right=64), prompt=prompt, steps=8)
        assert made.shape == (64, 160, 3)
        assert (made[:, :96] == array(picture)).all()
        return made[:, 96:]

    blue, nothing = beside("a blue butterfly"), beside("more of the same")
    for edge in (blue[:3], blue[-3:], blue[:, :3], blue[:, -3:]):
        assert np.abs(edge.astype(int) - (250, 212, 40)).mean() < 12
    assert np.abs(blue[16:48, 16:48].astype(int) - nothing[16:48, 16:48]).mean() > 40
    assert np.abs(nothing.astype(int) - (250, 212, 40)).max() < 3


@pytest.mark.parametrize(
    ("prompt", "colour", "words"),
    [
        ("A cat", (250, 212, 40), "a cat on a yellow background"),
        ("a cat, flat style", (140, 140, 140), "a cat on a gray background, flat style"),
        ("a cat in the snow", (250, 212, 40), "a cat in the snow"),
        ("a cat", (255, 255, 255), "a cat"),
    ],
)
def test_the_grounds_colour_in_words(prompt: str, colour: tuple[int, int, int], words: str) -> None:
    assert beyond.on_a_ground(prompt, Image.new("RGB", (8, 8), colour)) == words


@pytest.mark.parametrize(
    ("frame", "box"),
    [
        ({"left": 64}, (0, 0, 64, 64)),
        ({"right": 200, "top": 10}, (164, 10, 228, 74)),
        ({"bottom": 48}, (24, 64, 72, 112)),
        ({"left": 47, "right": 47}, None),
    ],
)
def test_where_there_is_room(frame: dict[str, int], box: tuple[int, ...] | None) -> None:
    size = FrameSize(**frame)
    whole = (96 + size.left + size.right, 64 + size.top + size.bottom)
    assert beyond.room(whole, size) == box


def test_nothing_changes_at_strength_0(change: Change) -> None:
    assert (change(POCKET, scene(), strength=0) == array(scene())).all()


@pytest.mark.parametrize("family", SOME)
def test_any_diffusers_folder(family: str, tiny: Tiny, change: Change) -> None:
    model, picture = tiny(family), scene(80, 64)
    whole = change(model, picture, strength=0.5)
    assert whole.shape == (64, 80, 3)
    assert (change(model, picture, strength=0.5) == whole).all()
    assert (change(model, picture, strength=0.5, prompt="zzz 999") != whole).any()
    assert (change(model, picture, strength=0.5, seed=8) != whole).any()
    mask = box_mask((80, 64), (20, 8, 60, 56))
    part = change(model, picture, mask, strength=1.0)
    assert (part[array(mask) == 0] == array(picture)[array(mask) == 0]).all()
    assert (part[array(mask) == 255] != array(picture)[array(mask) == 255]).mean() > 0.5


@pytest.mark.parametrize("family", EDITORS)
def test_models_that_take_an_instruction(
    family: str, tiny: Tiny, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    if family == "qwen_image_edit_plus":  # a megapixel of the picture is shown to it; less is quicker
        monkeypatch.setattr(
            "diffusers.pipelines.qwenimage.pipeline_qwenimage_edit_plus.VAE_IMAGE_SIZE", 128 * 128
        )
    model, picture = tiny(family), scene(64, 64)
    made = change(model, picture, prompt="make it blue", steps=2)
    assert made.shape == (64, 64, 3)
    assert (change(model, picture, prompt="zzz 999", steps=2) != made).any()
    assert (change(model, scene(64, 64).rotate(180), prompt="make it blue", steps=2) != made).any()
    mask = box_mask((64, 64), (8, 8, 40, 40))
    part = change(model, picture, mask, prompt="make it blue", steps=2)
    assert (part[array(mask) == 0] == array(picture)[array(mask) == 0]).all()


def test_progress_ends_at_its_total(context: Make, tmp_path: Path) -> None:
    ctx = context(POCKET, assets=assets(tmp_path, picture=scene()))
    events = list(edit.run(ctx, EditInputs(image="picture", prompt="a cat", steps=6, strength=0.2)))
    steps = [event for event in events if isinstance(event, Progress)]
    assert steps[-1].step == steps[-1].total
    assert asset_of(iter(events)).facts["drawn_at"] == "80×48"


def test_what_cannot_be_done_is_said(context: Make, tmp_path: Path, tiny: Tiny) -> None:
    def refused(**inputs: Any) -> str:
        given = assets(
            tmp_path, picture=scene(), black=Image.new("L", (9, 9), 0), wide=Image.new("L", (4097, 8))
        )
        with pytest.raises(ToolError) as error:
            list(
                edit.run(
                    context(POCKET, assets=given),
                    EditInputs(**{"image": "picture", "prompt": "a cat"} | inputs),
                )
            )
        return str(error.value)

    assert "Nothing in the mask is white" in refused(mask="black")
    assert "larger than 4096 px" in refused(image="wide")
    assert "at most 4096" in refused(expand=FrameSize(left=2048, right=2048))


def test_what_it_needs() -> None:
    inputs = EditInputs(image="one", prompt="a cat")
    flux = ModelFacts(
        "flux", "sha256:2", "text-to-image", "diffusers", bytes=24 * 2**30, meta={"native": 1024}
    )
    assert edit.needs(inputs, flux).device == "cuda"
    assert edit.needs(inputs, None).device == "any"

"""Every family of models draws and edits on the card, through the code of the tools, in the precision that is chosen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generators.context import AssetFile, Context, ModelFiles
from tests.generators.image import addons as tiny_addons
from tests.generators.image.conftest import POCKET
from tests.generators.image.pictures import Pixels, array, assets, box_mask, pixels, scene
from tests.gpu.conftest import apart, say, spread

pytestmark = pytest.mark.gpu

Draw = Callable[..., Pixels]
Make = Callable[..., Context]
Tiny = Callable[[str], ModelFiles]
LARGE = ("stable_diffusion", "stable_diffusion_xl", "stable_diffusion_3", "flux", "qwen_image", "z_image")
FAMILIES = (*LARGE, "latent_consistency")  # whose masks are filled by blending
EDITORS = ("instruct_pix2pix", "flux_kontext", "qwen_image_edit", "qwen_image_edit_plus")


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_draws(family: str, tiny: Tiny, draw: Draw, context: Make) -> None:
    import torch

    from generators.image import pipelines

    model = tiny(family)
    first = draw(model, prompt="a cat")
    assert first.shape == (64, 64, 3)
    assert spread(first) > 1
    assert (first == draw(model, prompt="a cat")).all(), "the same seed, the same pixels"
    assert (first != draw(model, prompt="zzz 999")).any()
    assert (first != draw(model, prompt="a cat", seed=8)).any()
    parts = context(model).model(pipelines.load).pipeline.components.values()
    networks = [part for part in parts if isinstance(part, torch.nn.Module)]
    places = {next(part.parameters()).device.type for part in networks}
    assert places == {"cuda"}
    assert {next(part.parameters()).dtype for part in networks} == {torch.bfloat16}
    of_cpu = draw(model, prompt="a cat", of=context(model, device="cpu"))
    say(f"{family}: {apart(first, of_cpu):.2f} levels from the processor's float32, of {spread(first):.1f}")


@pytest.mark.parametrize(
    ("family", "sampler"),
    [
        *(("stable_diffusion", name) for name in ("euler", "euler-ancestral", "dpm++", "dpm++-sde")),
        *(("stable_diffusion", name) for name in ("unipc", "ddim", "lcm")),
        *(("flux", name) for name in ("euler", "euler-ancestral", "unipc")),
    ],
)
def test_every_sampler(family: str, sampler: str, tiny: Tiny, draw: Draw) -> None:
    model = tiny(family)
    first = draw(model, prompt="a cat", sampler=sampler)
    assert spread(first) > 1
    assert (first == draw(model, prompt="a cat", sampler=sampler)).all()


@pytest.mark.parametrize("family", ["stable_diffusion", "stable_diffusion_xl", "flux"])
def test_grammar_and_step_cache(family: str, tiny: Tiny, draw: Draw) -> None:
    model = tiny(family)
    prompt = "(a cat:1.4) in [snow|rain] BREAK a house"
    assert spread(draw(model, prompt=prompt, negative_prompt="a dog", steps=6)) > 1
    assert spread(draw(model, prompt="a cat", step_cache=True, steps=6)) > 1


@pytest.mark.parametrize("family", ["stable_diffusion", "flux"])
def test_frames_in_the_making(family: str, tiny: Tiny, context: Make) -> None:
    from generators.image import pipelines

    drawer = context(tiny(family)).model(pipelines.load)
    shown = []

    def on_step(_: object, __: int, ___: object, values: dict[str, object]) -> dict[str, object]:
        shown.append(drawer.preview_of(values["latents"], 64, 96))
        return {}

    told = pipelines.arguments(drawer, "a cat", "", 3.0)
    drawer.pipeline(**told, width=64, height=96, num_inference_steps=2, callback_on_step_end=on_step)
    assert [frame.size for frame in shown] == [(171, 256)] * 2


def additions(
    kind: str, model: ModelFiles, context: Make, folder: Path
) -> tuple[dict[str, ModelFiles], dict[str, Any], dict[str, AssetFile]]:
    """(add-ons, inputs that use them, assets): a LoRA, a ControlNet or an IP-Adapter, made for this model."""
    from generators.image import pipelines

    like = context(model, device="cpu").model(pipelines.load).pipeline
    shown = assets(folder, side=scene(64, 64))
    path = folder / f"{kind}.safetensors" if kind == "lora" else folder / kind
    inputs: dict[str, Any]
    if kind == "lora":
        tiny_addons.lora(like, path, "diffusers")
        inputs = {"loras": [{"model": "theirs", "weight": 0.8}]}
    elif kind == "control":
        tiny_addons.controlnet(like, path)
        inputs = {"control": "side", "control_kind": "as-it-is", "control_model": "theirs"}
    else:
        tiny_addons.ip_adapter(like, path)
        inputs = {"reference": "side", "reference_model": "theirs"}
    files = ModelFiles("theirs", f"sha256:{kind}-{model.name}-{folder}", path, "diffusers", kind)
    return {"theirs": files}, inputs, shown


@pytest.mark.parametrize("kind", ["lora", "control", "reference"])
def test_additions(kind: str, tiny: Tiny, draw: Draw, context: Make, tmp_path: Path) -> None:
    model = tiny("stable_diffusion")
    addons, inputs, shown = additions(kind, model, context, tmp_path)
    plain = draw(model, prompt="a cat")
    of = context(model, addons=addons, assets=shown)
    assert (draw(model, of=of, prompt="a cat", **inputs) != plain).any()
    assert (draw(model, prompt="a cat") == plain).all(), "gone again afterwards"


def change(context: Make, model: ModelFiles, folder: Path, masked: bool, **inputs: Any) -> Pixels:
    """What image.edit makes of the scene, with a mask or as a whole."""
    from generators.image import pipelines
    from generators.image.edit import EditInputs, edit

    picture, mask = scene(80, 64), box_mask((80, 64), (20, 8, 60, 56))
    ctx = context(model, assets=assets(folder, picture=picture, mask=mask))
    if model is not POCKET:
        ctx.model(pipelines.load).native = 64  # the tiny models know no size of their own
    asked: dict[str, Any] = {"prompt": "a red apple", "steps": 4, "strength": 1.0} | inputs
    made = pixels(edit.run(ctx, EditInputs(image="picture", mask="mask" if masked else None, **asked)))
    if masked:
        kept = array(mask) == 0
        assert (made[kept] == array(picture)[kept]).all(), "outside the mask not a byte changes"
        assert (made[~kept] != array(picture)[~kept]).mean() > 0.4
    return made


@pytest.mark.parametrize("family", [*FAMILIES, *EDITORS, "pocket"])
def test_pictures_are_changed(family: str, tiny: Tiny, context: Make, tmp_path: Path) -> None:
    model = POCKET if family == "pocket" else tiny(family)
    whole = change(context, model, tmp_path, masked=False, strength=0.6)
    assert (whole == change(context, model, tmp_path, masked=False, strength=0.6)).all()
    assert spread(whole) > 1
    change(context, model, tmp_path, masked=True)

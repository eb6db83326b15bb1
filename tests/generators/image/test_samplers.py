"""Samplers and styles: those that fit draw another picture, one that does not is refused with those that do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pytest

from generators.context import Context, ModelFiles
from generators.events import ToolError
from generators.image import pipelines, samplers, styles
from generators.image.generate import GenerateInputs, generate
from generators.tool import ModelFacts
from generators.training.data.scenes import EFFECTS, STYLE_WORDS
from tests.generators.image.conftest import POCKET, asset_of

Draw = Callable[..., bytes]
Make = Callable[..., Context]
Tiny = Callable[[str], ModelFiles]
SMALL: dict[str, Any] = {"prompt": "a cat", "steps": 3, "width": 64, "height": 64}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("stable_diffusion", "noise"),
        ("stable_diffusion_xl", "noise"),
        ("stable_diffusion_3", "velocity"),
        ("flux", "velocity"),
        ("qwen_image", "velocity"),
        ("z_image", "velocity"),
    ],
)
def test_it_works(name: str, says: str, tiny: Tiny, draw: Draw, context: Make) -> None:
    model = tiny(name)
    plain = draw(model, **SMALL)
    pipeline = context(model).model(pipelines.load).pipeline
    own = pipeline.scheduler
    assert samplers.says(own) == says
    fitting = [
        each for each in samplers.RECIPES[says] if (type(pipeline).__name__, each) not in samplers.UNFIT
    ]
    pictures = {each: draw(model, **SMALL, sampler=each) for each in fitting}
    # Among them may be the model's own; of the others each takes its own way.
    assert len(set(pictures.values()) | {plain}) >= len(pictures)
    assert all(any(pixels) for pixels in pictures.values()), "no picture is black"
    assert pipeline.scheduler is own
    if says == "velocity":
        with pytest.raises(ToolError, match="The sampler ddim does not fit this model"):
            draw(model, **SMALL, sampler="ddim")
    assert draw(model, **SMALL) == plain


def test_one_that_throws_noise_throws_the_same_for_a_seed(tiny: Tiny, draw: Draw) -> None:
    first = draw(tiny("flux"), **SMALL, sampler="euler-ancestral")
    assert first == draw(tiny("flux"), **SMALL, sampler="euler-ancestral")


def test_the_small_model_has_its_own(draw: Draw, context: Make) -> None:
    drawer = context(POCKET).model(pipelines.load)
    assert samplers.says(drawer.pipeline.scheduler) == "clean"
    assert draw(POCKET, **SMALL, sampler="unipc") != draw(POCKET, **SMALL, sampler="euler")
    more = SMALL | {"steps": samplers.FEW_STEPS + 1}
    assert draw(POCKET, **more, sampler="dpm++") == draw(POCKET, **more), "that is its own"
    assert draw(POCKET, **SMALL, sampler="dpm++") != draw(POCKET, **SMALL), "few steps lean to noise"
    assert draw(POCKET, **SMALL, sampler="unipc") != draw(POCKET, **SMALL)
    with pytest.raises(ToolError, match=r"ddim does not fit .* default, euler, dpm\+\+, dpm\+\+-sde, unipc"):
        draw(POCKET, **SMALL, sampler="ddim")


def test_euler_on_the_small_model_is_eulers_method() -> None:
    """One step of first-order DPM-Solver++ on the straight path: x + (s' - s) · (x - x0) / s."""
    import torch

    from generators.architectures.diffusion import SCHEDULER

    made = samplers.made(pipelines_scheduler(SCHEDULER), "euler")
    made.set_timesteps(4)
    now, after = made.sigmas[1], made.sigmas[2]
    rng = torch.Generator().manual_seed(1)
    x, clean = torch.randn(1, 3, 4, 4, generator=rng), torch.randn(1, 3, 4, 4, generator=rng)
    made.step(clean, made.timesteps[0], x)
    got = made.step(clean, made.timesteps[1], x).prev_sample
    torch.testing.assert_close(got, x + (after - now) * (x - clean) / now, atol=1e-5, rtol=1e-5)


def pipelines_scheduler(settings: dict[str, Any]) -> Any:
    from diffusers import DPMSolverMultistepScheduler

    return DPMSolverMultistepScheduler(**settings)


def test_the_names_are_those_declared() -> None:
    assert set(get_args(samplers.SamplerName)) == {"default"}.union(*samplers.RECIPES.values())
    assert get_args(styles.StyleName) == tuple(styles.STYLES)


def test_a_style_adds_its_words(tiny: Tiny, draw: Draw) -> None:
    prompt, negative, notes = styles.dressed("ink", "a cat", "dogs", small=False)
    assert prompt == f"a cat, {styles.STYLES['ink'].words}"
    assert negative == f"dogs, {styles.STYLES['ink'].against}"
    assert notes == []
    assert styles.dressed("none", "a cat", "", small=False) == ("a cat", "", [])
    model = tiny("stable_diffusion")
    said = {**SMALL, "prompt": prompt, "negative_prompt": negative}
    assert draw(model, **SMALL, negative_prompt="dogs", style="ink") == draw(model, **said)


def test_a_look_that_the_small_model_has_learned() -> None:
    assert styles.dressed("pixel-art", "a cat", "dogs", small=True) == ("a cat, pixel art", "dogs", [])
    for name in ("flat", "3d", "pixel-art"):  # in words that its captions have
        assert styles.STYLES[name].small in {*STYLE_WORDS["flat"], *STYLE_WORDS["fluent"], *EFFECTS["pixel"]}


def test_a_style_that_the_small_model_does_not_draw_is_told(context: Make, draw: Draw) -> None:
    inputs = GenerateInputs(**SMALL, style="watercolour")
    (note,) = asset_of(generate.run(context(POCKET), inputs)).facts["notes"]
    assert "knows “flat”, “3d”, “pixel-art” only, so “watercolour” was left out" in note
    assert draw(POCKET, **SMALL, style="watercolour") == draw(POCKET, **SMALL)


@pytest.mark.parametrize(
    ("pipeline", "name", "fits"),
    [
        ("", "euler-ancestral", False),  # the pocket model
        ("", "unipc", True),
        ("StableDiffusionPipeline", "euler-ancestral", True),
        ("FluxPipeline", "ddim", False),
        ("ZImagePipeline", "unipc", False),
        ("SomethingNewPipeline", "ddim", True),  # known once it is loaded
    ],
)
def test_what_does_not_fit_is_told_before_it_runs(pipeline: str, name: str, fits: bool) -> None:
    model = ModelFacts(
        "m", "sha256:m", "text-to-image", "diffusers" if pipeline else "pocket", meta={"pipeline": pipeline}
    )
    inputs = GenerateInputs.model_validate({"prompt": "a cat", "sampler": name})
    assert set(samplers.refuses(inputs, model)) == (set() if fits else {"sampler"})
    assert samplers.refuses(GenerateInputs(prompt="a cat"), model) == {}

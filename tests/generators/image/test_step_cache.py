"""The step cache: fewer numbers are computed, the picture stays near, and nothing of it is left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from generators.context import Context, ModelFiles
from generators.image import pipelines, step_cache
from generators.image.generate import GenerateInputs, generate
from generators.metrics.ssim import ssim
from tests.generators.image.conftest import POCKET, asset_of

Make = Callable[..., Context]
Tiny = Callable[[str], ModelFiles]


@contextmanager
def counting(module: Any) -> Iterator[list[int]]:
    """How often a module is computed."""
    calls: list[int] = []
    handle = module.register_forward_hook(lambda *_: calls.append(1))
    try:
        yield calls
    finally:
        handle.remove()


def drawn(ctx: Context, **inputs: Any) -> np.ndarray[Any, Any]:
    from PIL import Image

    asked = GenerateInputs(**{"width": 64, "height": 64, "guidance": 3.0} | inputs)
    with Image.open(asset_of(generate.run(ctx, asked)).path) as made:
        return np.asarray(made.convert("RGB"))


@pytest.mark.parametrize(
    "prompt",
    [
        "a red guitar",
        pytest.param("a cat to the left of a tree", marks=pytest.mark.slow),
        pytest.param("a cat above a red tree", marks=pytest.mark.slow),
    ],
)
def test_it_works(prompt: str, context: Make) -> None:
    """Every second step leaves out the middle; one thing, two drawn apart, two in halves."""
    ctx = context(POCKET)
    unet = ctx.model(pipelines.load).pipeline.unet
    full = drawn(ctx, prompt=prompt, steps=12)
    with counting(unet.mid_block.resnets[0]) as middle:
        near = drawn(ctx, prompt=prompt, steps=12, step_cache=True)
    turns = len(middle) / 7  # of twelve steps the first two and five more are computed
    assert turns == int(turns) >= 1
    assert ssim(near, full) > 0.97
    assert (near != full).any()
    assert (drawn(ctx, prompt=prompt, steps=12) == full).all(), "nothing is left behind"
    assert (drawn(ctx, prompt=prompt, steps=12, step_cache=True) == near).all()


@pytest.mark.parametrize(
    "family",
    [
        "stable_diffusion",
        "flux",
        pytest.param("stable_diffusion_xl", marks=pytest.mark.slow),
        pytest.param("qwen_image", marks=pytest.mark.slow),
    ],
)
def test_any_network_that_can(family: str, tiny: Tiny, context: Make) -> None:
    ctx = context(tiny(family))
    assert step_cache.fits(ctx.model(pipelines.load))
    plain = drawn(ctx, prompt="a cat", steps=6)
    drawn(ctx, prompt="a cat", steps=6, step_cache=True)
    assert (drawn(ctx, prompt="a cat", steps=6) == plain).all()


def test_one_that_cannot_says_so(tiny: Tiny, context: Make) -> None:
    asked = GenerateInputs(prompt="a cat", width=64, height=64, steps=2, step_cache=True)
    made = asset_of(generate.run(context(tiny("z_image")), asked))
    assert step_cache.UNFIT in made.facts["notes"]


def test_what_a_library_hung_on_stays(context: Make) -> None:
    """Offloading puts a forward of its own on the network."""
    drawer = context(POCKET).model(pipelines.load)
    unet = drawer.pipeline.unet
    theirs = unet.forward = lambda *args, **more: type(unet).forward(unet, *args, **more)
    with step_cache.reusing(drawer, True):
        assert unet.forward is not theirs
    assert unet.forward is theirs
    assert "forward" not in unet.mid_block.__dict__
    del unet.forward

"""image.vary: rungs further and further away, from a picture or from a seed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generators.context import Context, ModelFiles
from generators.events import NewAsset, Progress
from generators.image import noise, pipelines
from generators.image.vary import VaryInputs, vary
from generators.tool import ModelFacts
from tests.generators.image.conftest import POCKET
from tests.generators.image.pictures import Pixels, array, assets, pixels, scene

Make = Callable[..., Context]
Tiny = Callable[[str], ModelFiles]
FAMILIES = ("stable_diffusion", "stable_diffusion_xl", "stable_diffusion_3", "flux", "qwen_image", "z_image")


def rungs(ctx: Context, **inputs: Any) -> list[Pixels]:
    settings: dict[str, Any] = {"image": "picture", "prompt": "a red apple", "steps": 8} | inputs
    events = list(vary.run(ctx, VaryInputs(**settings)))
    steps = [event.step / event.total for event in events if isinstance(event, Progress)]
    assert steps == sorted(steps)
    assert steps[-1] == 1
    return [pixels(event.path) for event in events if isinstance(event, NewAsset)]


def apart(one: Pixels, other: Pixels) -> float:
    return float(np.abs(one.astype(int) - other).mean())


def test_each_rung_is_further_from_the_picture(context: Make, tmp_path: Path) -> None:
    ctx = context(POCKET, assets=assets(tmp_path, picture=scene(64, 64)))
    made = rungs(ctx, distance=1.0, rungs=3)
    far = [apart(one, array(scene(64, 64))) for one in made]
    assert len(made) == 3
    assert far == sorted(far)
    assert far[-1] > 2 * far[0]


@pytest.mark.slow
def test_each_rung_is_further_from_the_seeds_own_picture(
    context: Make, tmp_path: Path, draw: Callable[..., bytes]
) -> None:
    own = np.frombuffer(draw(POCKET, prompt="a red apple", steps=8, width=64, height=64), np.uint8).reshape(
        64, 64, 3
    )
    ctx = context(POCKET, assets=assets(tmp_path, picture=scene(64, 64)))
    far = [apart(one, own) for one in rungs(ctx, by="seed", distance=0.9, rungs=3)]
    assert 0 < far[0] < far[-1]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_noise_of_a_seed_draws_what_the_seed_draws(family: str, tiny: Tiny, context: Make) -> None:
    import torch

    drawer = context(tiny(family)).model(pipelines.load)
    told = pipelines.arguments(drawer, "a cat", "", 3.0) | {
        "num_inference_steps": 2,
        "width": 64,
        "height": 64,
    }
    drawer.pipeline.set_progress_bar_config(disable=True)
    seeded = drawer.pipeline(**told, generator=torch.Generator().manual_seed(5)).images[0]
    given = drawer.pipeline(**told, latents=noise.of_seed(drawer, 5, 64, 64)).images[0]
    assert np.abs(array(seeded).astype(int) - array(given)).max() <= 1


def test_between_two_noises_is_noise() -> None:
    import torch

    one, other = torch.randn(1, 4, 32, 32), torch.randn(1, 4, 32, 32)
    assert torch.allclose(noise.between(one, other, 0.0), one, atol=1e-5)
    assert torch.allclose(noise.between(one, other, 1.0), other, atol=1e-5)
    assert abs(float(noise.between(one, other, 0.5).std()) - 1) < 0.05


def test_what_is_stored_is_not_drawn_again(tmp_path: Path) -> None:
    given = assets(tmp_path, picture=Image.new("RGB", (64, 64)))
    ctx = Context(seed=1, scratch=tmp_path, model_files=POCKET, stored=frozenset({0, 1}), assets=given)
    events = vary.run(ctx, VaryInputs(image="picture", prompt="a cat", rungs=3, steps=1))
    assert [event.index for event in events if isinstance(event, NewAsset)] == [2]


def test_what_it_needs() -> None:
    pocket = ModelFacts(
        "pocket-image", "sha256:1", "text-to-image", "pocket", bytes=36 * 2**20, meta={"native": 64}
    )
    few, many = (VaryInputs(image="one", prompt="a cat", rungs=count) for count in (1, 8))
    assert vary.needs(many, pocket).work == 8 * vary.needs(few, pocket).work

"""What a pipeline takes of the card, against the estimate; and a card that is too full for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generators.context import Context, ModelFiles
from generators.image import memory
from tests.generators.image.conftest import KeepingShelf
from tests.generators.image.families import _letters
from tests.generators.image.pictures import Pixels
from tests.gpu.conftest import DEVICE, apart, say, spread
from tests.gpu.test_drawing import FAMILIES, additions, change

pytestmark = pytest.mark.gpu

Draw = Callable[..., Pixels]
Make = Callable[..., Context]
Tiny = Callable[[str], ModelFiles]
Crowded = Callable[[int], AbstractContextManager[None]]
GIB = 2**30


def lies_in_parts(ctx: Context) -> Any:
    """The context's pipeline, which must have been placed part by part."""
    from generators.image import pipelines

    pipeline = ctx.model(pipelines.load).pipeline
    assert getattr(pipeline, "_all_hooks", []), "part by part"
    return pipeline


@pytest.mark.parametrize("family", FAMILIES)
def test_a_full_card_takes_it_part_by_part(
    family: str, tiny: Tiny, draw: Draw, context: Make, crowded: Crowded, tmp_path: Path
) -> None:
    """The tiny models fit anywhere; less than a gigabyte is too little for what is computed on the way."""
    whole = draw(tiny(family), prompt="a cat", step_cache=True)
    model = replace(tiny(family), digest=f"{family} in parts")
    with crowded(memory.TILED - 2**27):
        parts = draw(model, prompt="a cat", step_cache=True)
        lies_in_parts(context(model))
        say(f"{family}: part by part {apart(whole, parts):.3f} levels from whole")
        assert apart(whole, parts) < 2
        change(context, model, tmp_path, masked=False)
        change(context, model, tmp_path, masked=True)


@pytest.mark.parametrize("kind", ["lora", "control", "reference", "frames"])
def test_part_by_part_with_more(
    kind: str, tiny: Tiny, draw: Draw, context: Make, crowded: Crowded, tmp_path: Path
) -> None:
    """What goes to a part's own tensors finds them where they compute, not where they wait."""
    from generators.image import pipelines

    model = replace(tiny("stable_diffusion"), digest=f"{kind} in parts")
    with crowded(memory.TILED - 2**27):
        pipeline = lies_in_parts(context(model))
        if kind == "frames":
            drawer = context(model).model(pipelines.load)
            rows = pipeline.scheduler.init_noise_sigma * _latents(pipeline)
            assert drawer.preview_of(rows, 64, 64).size == (256, 256)
        else:
            addons, inputs, shown = additions(kind, tiny("stable_diffusion"), context, tmp_path)
            of = context(model, addons=addons, assets=shown)
            assert (draw(model, of=of, prompt="a cat", **inputs) != draw(model, prompt="a cat")).any()


def _latents(pipeline: Any) -> Any:
    import torch

    return torch.randn(1, 4, 32, 32, device=pipeline._execution_device, dtype=torch.bfloat16)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> ModelFiles:
    """A model with the numbers of Stable Diffusion 1.5 (1,066 million), never trained, saved in bfloat16."""
    import torch
    from diffusers import (
        AutoencoderKL,
        DPMSolverMultistepScheduler,
        StableDiffusionPipeline,
        UNet2DConditionModel,
    )
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    torch.manual_seed(0)
    last = len(_letters()) - 1
    with torch.device(DEVICE):
        unet = UNet2DConditionModel(sample_size=64, cross_attention_dim=768)
        codec = AutoencoderKL(
            block_out_channels=(128, 256, 512, 512),
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=2,
            latent_channels=4,
            sample_size=512,
        )
        text = CLIPTextModel(
            CLIPTextConfig(
                hidden_size=768,
                intermediate_size=3072,
                num_hidden_layers=12,
                num_attention_heads=12,
                max_position_embeddings=77,
                vocab_size=49408,
                bos_token_id=last - 1,
                eos_token_id=last,
                pad_token_id=last,
            )
        )
    folder = tmp_path_factory.mktemp("large") / "large"
    StableDiffusionPipeline(
        vae=codec,
        text_encoder=text,
        tokenizer=CLIPTokenizer(vocab=_letters(), merges=[], model_max_length=77),
        unet=unet,
        scheduler=DPMSolverMultistepScheduler(steps_offset=1),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).to(torch.bfloat16).save_pretrained(folder)
    del unet, codec, text
    torch.cuda.empty_cache()
    return ModelFiles("large", "sha256:large", folder, "diffusers", "text-to-image")


class Peak:
    """The most that torch held on the card since `begin`, beyond what it held then."""

    def __init__(self) -> None:
        import torch

        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
        self.before = torch.cuda.memory_allocated()

    def bytes(self) -> int:
        import torch

        return int(torch.cuda.max_memory_allocated()) - self.before


def test_the_estimate_is_what_it_takes(
    large: ModelFiles, draw: Draw, context: Make, crowded: Crowded
) -> None:
    """Whole, whole with a codec that works tile by tile, part by part: each takes less than was said, and less."""
    from generators.image import folders, generate, pipelines
    from generators.lab.describe import describe
    from generators.tool import ModelFacts

    numbers = folders.numbers(folders.read(large.path))
    card = describe(large.path)
    facts = ModelFacts(
        "large", "sha256:large", "text-to-image", "diffusers", card["bytes"], meta=card["meta"]
    )
    inputs: dict[str, Any] = {"prompt": "a cat", "steps": 4, "width": 1024, "height": 1024}
    estimate = generate.needs(generate.GenerateInputs(**inputs), facts).memory_bytes
    took: dict[str, int] = {}
    pictures: dict[str, Pixels] = {}
    say(f"{sum(numbers.values()) / 1e6:.0f} million numbers; the ledger says {estimate / GIB:.2f} GiB")
    for name, free in (("whole", 70 * GIB), ("tiled", 4 * GIB), ("parts", int(2.9 * GIB))):
        expected = memory.placed(numbers, free, 1024 * 1024)
        model = replace(large, digest=f"large, {name}")
        with crowded(free):
            started, peak = time.monotonic(), Peak()
            ctx = replace(context(model), shelf=KeepingShelf())
            drawer = ctx.model(pipelines.load)
            loaded = time.monotonic()
            pictures[name] = draw(model, of=ctx, **inputs)
            took[name] = peak.bytes()
            codec = drawer.pipeline.vae
            assert (bool(getattr(drawer.pipeline, "_all_hooks", [])), codec.use_tiling) == (
                expected[0] == "parts",
                expected[1],
            )
            say(
                f"{name}: {expected}, loaded in {loaded - started:.1f} s, drawn in {time.monotonic() - loaded:.1f} s,"
                f" at most {took[name] / GIB:.2f} GiB, {apart(pictures['whole'], pictures[name]):.2f} levels"
                f" from whole (spread {spread(pictures[name]):.1f})"
            )
            del drawer, codec, ctx
    assert took["parts"] < took["tiled"] < took["whole"] <= estimate
    assert took["whole"] <= 2 * sum(numbers.values()) + memory.A_MEGAPIXEL
    assert took["tiled"] <= 2 * sum(numbers.values()) + memory.TILED
    assert took["parts"] <= 2 * max(numbers.values()) + memory.TILED
    assert apart(pictures["whole"], pictures["tiled"]) < 8
    assert apart(pictures["tiled"], pictures["parts"]) < 1


@pytest.mark.parametrize("side", [512, 1536, 2048])
def test_larger_pictures(side: int, large: ModelFiles, draw: Draw, context: Make) -> None:
    from generators.image import folders, pipelines

    numbers = folders.numbers(folders.read(large.path))
    context(large).model(pipelines.load)
    peak = Peak()
    draw(large, prompt="a cat", steps=2, width=side, height=side)
    said = memory.A_MEGAPIXEL * side * side / 2**20
    whole = 2 * sum(numbers.values())
    say(f"{side} px: {peak.bytes() / GIB:.2f} GiB beside {whole / GIB:.2f} of weights; said {said / GIB:.2f}")
    assert peak.bytes() <= said


@pytest.mark.parametrize(("left", "how"), [(5.5, "tiled"), (2.5, "parts")])
def test_a_loaded_model_makes_room_for_a_larger_picture(
    left: float, how: str, large: ModelFiles, draw: Draw, context: Make, crowded: Crowded
) -> None:
    """Loaded whole on an empty card; then the card fills, and 2048 px are asked for."""
    from generators.image import pipelines

    ctx = replace(context(replace(large, digest=f"room, {how}")), shelf=KeepingShelf())
    pipeline = ctx.model(pipelines.load).pipeline
    assert not getattr(pipeline, "_all_hooks", [])
    assert not pipeline.vae.use_tiling
    with crowded(int(left * GIB)):
        peak = Peak()
        made = draw(large, of=ctx, prompt="a cat", steps=2, width=2048, height=2048)
        say(f"{how}: {peak.bytes() / GIB:.2f} GiB beside the weights, with {left} free")
    assert spread(made) > 1
    assert pipeline.vae.use_tiling
    assert bool(getattr(pipeline, "_all_hooks", [])) == (how == "parts")
    draw(large, of=ctx, prompt="a cat", steps=2, width=1024, height=1024)
    assert not pipeline.vae.use_tiling, "there is room again"

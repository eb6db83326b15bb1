"""image.generate with the pocket model and with tiny real models of the large families."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from generators.context import Context, ModelFiles
from generators.events import NewAsset, Progress, ToolError
from generators.image.drawing import draw
from generators.image.generate import GenerateInputs, generate
from generators.lab.weights import digest_of
from generators.tool import ModelFacts
from tests.generators.image.conftest import POCKET, asset_of

Draw = Callable[..., bytes]
Make = Callable[..., Context]
Tiny = Callable[[str], ModelFiles]
FAMILIES = ("stable_diffusion", "stable_diffusion_xl", "stable_diffusion_3", "flux", "qwen_image", "z_image")


def test_it_works(context: Make) -> None:
    from PIL import Image

    events = list(generate.run(context(POCKET), GenerateInputs(prompt="a red apple", steps=8)))
    steps = [event.step for event in events if isinstance(event, Progress)]
    assert steps == sorted(steps)
    assert steps[-1] == events[-2].total  # type: ignore[union-attr]
    assert isinstance(events[-1], NewAsset)
    with Image.open(events[-1].path) as picture:
        assert picture.size == (256, 256)
        red, green, blue = picture.convert("RGB").resize((3, 3)).getpixel((1, 1))  # type: ignore[misc]
    assert red > 2 * green
    assert red > 2 * blue
    assert events[-1].facts["notes"] == []


def test_the_card_names_these_weights() -> None:
    import tomllib

    card = tomllib.loads((POCKET.path / "card.toml").read_text(encoding="utf-8"))
    assert card["digest"] == digest_of(POCKET.path)
    assert card["bytes"] < 40 * 2**20


def test_the_prompt_decides(draw: Draw) -> None:
    assert draw(POCKET, prompt="a red apple", steps=2) != draw(POCKET, prompt="a penguin", steps=2)


def test_the_same_seed_gives_the_same_pixels(draw: Draw) -> None:
    first = draw(POCKET, prompt="a cat", steps=3, width=64, height=64)
    assert first == draw(POCKET, prompt="a cat", steps=3, width=64, height=64)
    assert first != draw(POCKET, prompt="a cat", steps=3, width=64, height=64, seed=8)


def test_guidance_and_what_is_not_wanted_count(draw: Draw) -> None:
    size = {"steps": 2, "width": 64, "height": 64}
    plain = draw(POCKET, prompt="a cat", **size)
    assert plain != draw(POCKET, prompt="a cat", negative_prompt="orange", **size)
    assert plain != draw(POCKET, prompt="a cat", guidance=6.0, **size)


@pytest.mark.parametrize("size", [(64, 64), (344, 192), (192, 344), (512, 512)])
def test_sizes_are_those_asked_for(context: Make, size: tuple[int, int]) -> None:
    from PIL import Image

    width, height = size
    inputs = GenerateInputs(prompt="a tree", steps=1, width=width, height=height)
    made = asset_of(generate.run(context(POCKET), inputs))
    with Image.open(made.path) as picture:
        assert picture.size == size


def test_frames_show_the_picture_in_the_making(context: Make) -> None:
    inputs = GenerateInputs(prompt="a tree", steps=24)
    frames = [
        event.preview
        for event in generate.run(context(POCKET), inputs)
        if isinstance(event, Progress) and event.step < 24
    ]
    shown = [frame for frame in frames if frame is not None]
    assert 1 <= len(shown) < 24
    assert shown[-1].size == (64, 64)


def test_words_it_has_not_learned_are_named(context: Make) -> None:
    inputs = GenerateInputs(prompt="a puppy and a carburettor", steps=1)
    (note,) = asset_of(generate.run(context(POCKET), inputs)).facts["notes"]
    assert "“puppy” (nearest: dog)" in note
    assert "“carburettor”" in note


@pytest.mark.parametrize("family", FAMILIES)
def test_any_diffusers_folder(family: str, tiny: Tiny, draw: Draw) -> None:
    model = tiny(family)
    settings = {"steps": 2, "width": 64, "height": 64}
    first = draw(model, prompt="a cat", **settings)
    assert len(first) == 64 * 64 * 3
    assert first == draw(model, prompt="a cat", **settings)
    assert first != draw(model, prompt="zzz 999", **settings)
    assert first != draw(model, prompt="a cat", seed=8, **settings)
    assert first != draw(model, prompt="a cat", negative_prompt="a dog", **settings)
    assert first != draw(model, prompt="a cat", guidance=9.0, **settings)


@pytest.mark.parametrize("family", FAMILIES)
def test_frames_of_any_diffusers_folder(family: str, tiny: Tiny, context: Make) -> None:
    from generators.image import pipelines

    drawer = context(tiny(family)).model(pipelines.load)
    shown = []

    def on_step(_: object, __: int, ___: object, values: dict[str, object]) -> dict[str, object]:
        shown.append(drawer.preview_of(values["latents"], 64, 96))
        return {}

    told = pipelines.arguments(drawer, "a cat", "", 3.0)
    drawer.pipeline(**told, width=64, height=96, num_inference_steps=2, callback_on_step_end=on_step)
    wanted = [None] * 2 if family == "qwen_image" else [(171, 256)] * 2  # its codec's latents are films
    assert [frame and frame.size for frame in shown] == wanted


@pytest.mark.parametrize("family", ["stable_diffusion", "flux"])
def test_closing_stops_within_a_step(family: str, tiny: Tiny, context: Make) -> None:
    before = threading.active_count()
    run = generate.run(context(tiny(family)), GenerateInputs(prompt="a cat", steps=150, width=64, height=64))
    steps = [next(run).step for _ in range(4)]  # type: ignore[union-attr]
    assert steps == [0, 1, 2, 3]
    run.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before


def test_what_is_stored_is_not_drawn_again(context: Make, tmp_path: Path) -> None:
    done = Context(seed=1, scratch=tmp_path, model_files=POCKET, stored=frozenset({0}))
    assert list(generate.run(done, GenerateInputs(prompt="a cat"))) == []


def _refusal(folder: Path, context: Make) -> str:
    model = ModelFiles("theirs", f"sha256:{folder}", folder, "diffusers", "text-to-image")
    with pytest.raises(ToolError) as refused:
        list(generate.run(context(model), GenerateInputs(prompt="a cat", steps=1)))
    return str(refused.value)


def test_pickled_weights_are_refused(tiny: Tiny, context: Make, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny("stable_diffusion").path, tmp_path / "pickled"))
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    assert "can run code when it is opened" in _refusal(folder, context)


def test_code_in_a_folder_is_refused(tiny: Tiny, context: Make, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny("stable_diffusion").path, tmp_path / "coded"))
    (folder / "unet" / "my_unet.py").write_text("raise SystemExit\n")
    assert "holds code" in _refusal(folder, context)


@pytest.mark.parametrize(
    ("key", "value"), [("_class_name", "MyPipeline"), ("unet", ["my_library", "MyUNet"])]
)
def test_unknown_classes_are_refused(
    key: str, value: object, tiny: Tiny, context: Make, tmp_path: Path
) -> None:
    import json

    folder = Path(shutil.copytree(tiny("stable_diffusion").path, tmp_path / "unknown"))
    index = folder / "model_index.json"
    index.write_text(json.dumps(json.loads(index.read_text()) | {key: value}))
    assert "not one of those that we load" in _refusal(folder, context)


def test_what_it_needs() -> None:
    small = GenerateInputs(prompt="a cat")
    pocket = ModelFacts("pocket-image", "sha256:1", "text-to-image", "pocket", bytes=36 * 2**20)
    flux = ModelFacts("flux", "sha256:2", "text-to-image", "diffusers", bytes=24 * 2**30)
    assert generate.needs(small, pocket).device == "any"
    assert generate.needs(small, pocket).memory_bytes < 2**30
    assert generate.needs(small, flux).device == "cuda"
    assert generate.needs(small, flux).memory_bytes > 24 * 2**30
    large = GenerateInputs(prompt="a cat", width=1024, height=1024, steps=40)
    assert generate.needs(large, flux).work > generate.needs(small, flux).work


@pytest.mark.parametrize("family", FAMILIES)
def test_memory_is_told_by_the_files_headers(family: str, tiny: Tiny, context: Make) -> None:
    """As many numbers as the loaded pipeline has, part by part."""
    from generators.image import folders, pipelines
    from generators.lab.describe import describe

    path = tiny(family).path
    counted = folders.numbers(folders.read(path))
    pipeline = context(tiny(family)).model(pipelines.load).pipeline
    loaded = {
        name: sum({value.data_ptr(): value.numel() for value in part.state_dict().values()}.values())
        for name, part in pipeline.components.items()
        if hasattr(part, "state_dict")
    }
    assert counted == loaded
    card = describe(path)
    assert card["meta"]["numbers"] == counted
    assert card["memory_bytes"] >= 4 * sum(counted.values())


def test_a_copy_in_half_floats_counts_once(tiny: Tiny, tmp_path: Path) -> None:
    from generators.image import folders

    folder = Path(shutil.copytree(tiny("stable_diffusion").path, tmp_path / "both"))
    before = folders.numbers(folders.read(folder))
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    shutil.copy(weights, weights.with_name("diffusion_pytorch_model.fp16.safetensors"))
    assert folders.numbers(folders.read(folder)) == before


def test_how_a_gpu_takes_a_pipeline() -> None:
    """By estimate: whole where it fits, tile by tile where it just fits, else part by part."""
    from generators.image import memory

    sdxl = {
        "unet": 2_600_000_000,
        "text_encoder": 120_000_000,
        "text_encoder_2": 690_000_000,
        "vae": 80_000_000,
    }
    flux = {"transformer": 12_000_000_000, "text_encoder_2": 4_800_000_000, "vae": 80_000_000}
    gib, square = 2**30, 1024 * 1024
    assert memory.placed(sdxl, 24 * gib, square) == ("whole", False)
    assert memory.placed(sdxl, 8 * gib, square) == ("whole", True)
    assert memory.placed(sdxl, 6 * gib, square) == ("parts", True)
    assert memory.placed(flux, 80 * gib, square) == ("whole", False)
    assert memory.placed(flux, 26 * gib, square) == ("parts", False)
    # The same card, by the size that is asked for: 6.5 GiB of weights, and 2.5 or 10 beside them, 1 or 4 tile by tile.
    assert memory.placed(sdxl, 8 * gib, square // 16) == ("whole", True), "others follow"
    assert memory.placed(sdxl, 10 * gib, square) == ("whole", False)
    assert memory.placed(sdxl, 12 * gib, 4 * square) == ("whole", True)
    assert memory.placed(sdxl, 10 * gib, 4 * square) == ("parts", True)
    assert memory.placed(sdxl, 20 * gib, 4 * square) == ("whole", False)
    drawing = GenerateInputs(prompt="a cat", width=2048, height=2048)
    card = ModelFacts("xl", "sha256:1", "text-to-image", "diffusers", bytes=6 * gib, meta={"numbers": sdxl})
    larger = generate.needs(drawing, card).memory_bytes
    assert larger == memory.held(sdxl, cuda=False) + memory.working(4 * square), "the ledger counts alike"
    assert memory.held(sdxl, cuda=True) == 2 * sum(sdxl.values())
    assert memory.held(flux, cuda=True) == 2 * flux["transformer"]
    assert memory.held(sdxl, cuda=False) == 2 * sum(sdxl.values()), (
        "in bfloat16: 14 GB of floats are too many"
    )
    assert memory.half_on_cpu({"unet": 860_000_000}, native=True)
    assert not memory.half_on_cpu({"unet": 860_000_000}, native=False)
    assert not memory.half_on_cpu({"unet": 1_000_000}, native=True)


def test_a_seed_begins_alike_in_bfloat16(tiny: Tiny, context: Make) -> None:
    """As on a GPU, from the same noise as in float32: by itself, and over a picture."""
    import torch
    from PIL import Image

    from generators.image import noise, pipelines
    from generators.image.redrawing import sibling

    files = tiny("stable_diffusion")
    full = context(files).model(pipelines.load)
    kind = type(full.pipeline)
    half = replace(full, pipeline=kind.from_pretrained(files.path, dtype=torch.bfloat16, safety_checker=None))
    one, other = (noise.of_seed(drawer, 7, 64, 64) for drawer in (full, half))
    assert other.dtype == torch.bfloat16
    assert (one.bfloat16() - other).abs().max() < 0.04, "rounded, and no more"

    def first(drawer: pipelines.Drawer, seed: int, **more: object) -> torch.Tensor:
        """What the network is shown first."""
        seen: list[torch.Tensor] = []
        watch = drawer.pipeline.unet.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
        try:
            told = pipelines.arguments(drawer, "a cat", "", 3.0) | {"num_inference_steps": 2} | more
            list(draw(drawer, told, width=64, height=64, seed=seed, total=2))
        finally:
            watch.remove()
        return seen[0].float()

    over = {"image": Image.new("RGB", (64, 64), "teal"), "strength": 0.9}
    pairs = [((full, half), {}), ((sibling(full, masked=False), sibling(half, masked=False)), over)]
    for (drawer, rounded), more in pairs:
        begun = first(drawer, 7, **more)
        assert (
            (begun - first(rounded, 7, **more)).abs().mean()
            < 0.05
            < (begun - first(drawer, 8, **more)).abs().mean()
        )

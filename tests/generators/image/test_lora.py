"""LoRA files of every trainer's kind: told from their headers, worn with weights, taken off again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generators.context import Context, ModelFiles
from generators.events import ToolError
from generators.fields import LoraUse
from generators.image import lora, pipelines
from generators.image.generate import GenerateInputs, generate
from generators.lab.describe import describe
from generators.lab.weights import Unfit
from tests.generators.image import addons
from tests.generators.image.conftest import POCKET, asset_of

Make = Callable[..., Context]
Tiny = Callable[[str], ModelFiles]
KINDS = ("diffusers", "diffusers-old", "kohya", "peft")
SMALL: dict[str, Any] = {"prompt": "a cat", "steps": 2, "width": 64, "height": 64}


def files_of(path: Path, name: str = "theirs") -> ModelFiles:
    about = describe(path)
    return ModelFiles(name, f"sha256:{name}", path, about["format"], "lora", meta=about["meta"])


@pytest.fixture
def wear(context: Make) -> Callable[..., tuple[bytes, dict[str, Any]]]:
    """wear(model, {files: weight}): pixels and facts of a picture by image.generate."""

    def run(model: ModelFiles, worn: dict[str, tuple[ModelFiles, float]]) -> tuple[bytes, dict[str, Any]]:
        from PIL import Image

        ctx = replace(context(model), addons={name: files for name, (files, _) in worn.items()})
        uses = [LoraUse(model=name, weight=weight) for name, (_, weight) in worn.items()]
        made = asset_of(generate.run(ctx, GenerateInputs(**SMALL, loras=uses)))
        with Image.open(made.path) as picture:
            return picture.tobytes(), dict(made.facts)

    return run


@pytest.mark.parametrize("family", ["stable_diffusion", "stable_diffusion_xl", "flux", "stable_diffusion_3"])
def test_it_works(family: str, tiny: Tiny, context: Make, wear: Any, tmp_path: Path) -> None:
    """Every kind of file gives the same picture, unlike the plain one; afterwards the model is as it was."""
    pipeline = context(tiny(family)).model(pipelines.load).pipeline
    layers = sum(len(part) for part in addons.layers_of(pipeline).values())
    plain, facts = wear(tiny(family), {})
    assert "loras" not in facts
    seen = set()
    for kind in KINDS if family.startswith("stable_diffusion") else ("diffusers", "kohya", "peft"):
        file = addons.lora(pipeline, tmp_path / f"{kind}.safetensors", kind)
        pixels, facts = wear(tiny(family), {kind: (files_of(file, kind), 0.8)})
        assert facts["loras"] == [
            {"name": kind, "digest": f"sha256:{kind}", "weight": 0.8, "layers": f"{layers} of {layers}"}
        ]
        seen.add(pixels)
    assert len(seen) == 1
    assert seen != {plain}
    assert wear(tiny(family), {})[0] == plain


def test_weights_count_and_several_add_up(tiny: Tiny, context: Make, wear: Any, tmp_path: Path) -> None:
    model = tiny("stable_diffusion")
    pipeline = context(model).model(pipelines.load).pipeline
    one = files_of(addons.lora(pipeline, tmp_path / "one.safetensors", "kohya"), "one")
    two = files_of(addons.lora(pipeline, tmp_path / "two.safetensors", "kohya", seed=6), "two")
    half = files_of(addons.lora(pipeline, tmp_path / "half.safetensors", "kohya", alpha=1), "half")
    plain = wear(model, {})[0]
    full = wear(model, {"one": (one, 1.0)})[0]
    assert wear(model, {"one": (one, 0.0)})[0] == plain
    assert wear(model, {"half": (half, 1.0)})[0] == wear(model, {"one": (one, 0.5)})[0], "alpha 1 of rank 2"
    both = wear(model, {"one": (one, 1.0), "two": (two, 0.7)})[0]
    others = {full, wear(model, {"two": (two, 0.7)})[0], wear(model, {"one": (one, -1.0)})[0], plain}
    assert both not in others
    assert len(others) == 4


def test_pefts_folder_brings_its_alpha(tiny: Tiny, context: Make, wear: Any, tmp_path: Path) -> None:
    model = tiny("stable_diffusion")
    pipeline = context(model).model(pipelines.load).pipeline
    addons.lora(pipeline, tmp_path / "folder", "peft", alpha=1)
    folder = files_of(tmp_path / "folder", "folder")
    assert folder.meta["alpha_share"] == 0.5
    file = files_of(addons.lora(pipeline, tmp_path / "file.safetensors", "peft"), "file")
    assert wear(model, {"folder": (folder, 1.0)})[0] == wear(model, {"file": (file, 0.5)})[0]


def test_the_small_model_wears_one_too(context: Make, wear: Any, tmp_path: Path) -> None:
    pipeline = context(POCKET).model(pipelines.load).pipeline
    file = files_of(addons.lora(pipeline, tmp_path / "pocket.safetensors", "kohya", text=False), "pocket")
    assert file.meta["base"] == "pocket"
    plain = wear(POCKET, {})[0]
    assert wear(POCKET, {"pocket": (file, 1.0)})[0] != plain
    assert wear(POCKET, {})[0] == plain


def test_convolutions_are_worn(tiny: Tiny, context: Make, wear: Any, tmp_path: Path) -> None:
    """As LyCORIS writes LoCon without a core: a down of the layer's own window, an up of one pixel."""
    import torch
    from safetensors.torch import save_file

    model = tiny("stable_diffusion")
    layer = context(model).model(pipelines.load).pipeline.unet.down_blocks[0].resnets[0].conv1
    start = "lora_unet_down_blocks_0_resnets_0_conv1"
    down, up = torch.randn(2, layer.in_channels, 3, 3), torch.randn(layer.out_channels, 2, 1, 1)
    save_file(
        {f"{start}.lora_down.weight": down, f"{start}.lora_up.weight": up}, tmp_path / "conv.safetensors"
    )
    pixels, facts = wear(model, {"conv": (files_of(tmp_path / "conv.safetensors"), 1.0)})
    assert facts["loras"][0]["layers"] == "1 of 1"
    assert pixels != wear(model, {})[0]


def test_one_that_does_not_fit_is_refused(tiny: Tiny, context: Make, wear: Any, tmp_path: Path) -> None:
    model = tiny("stable_diffusion")
    pipeline = context(model).model(pipelines.load).pipeline
    plain = wear(model, {})[0]
    good = files_of(addons.lora(pipeline, tmp_path / "good.safetensors", "kohya"), "good")
    flux = context(tiny("flux")).model(pipelines.load).pipeline
    other = files_of(addons.lora(flux, tmp_path / "flux.safetensors", "diffusers", text=False), "other")
    with pytest.raises(
        ToolError, match=r"other does not fit this model: this model has none .* made for FLUX"
    ):
        wear(model, {"good": (good, 1.0), "other": (other, 1.0)})
    large = context(tiny("stable_diffusion_xl")).model(pipelines.load).pipeline
    sized = files_of(addons.lora(large, tmp_path / "xl.safetensors", "kohya", text=False), "sized")
    addition = pipeline.unet.down_blocks[1].attentions[0].transformer_blocks[0].attn2.to_v
    assert (
        addition.in_features
        != large.unet.down_blocks[1].attentions[0].transformer_blocks[0].attn2.to_v.in_features
    )
    with pytest.raises(ToolError, match="layers have another size"):
        wear(model, {"sized": (_all_values(large, tmp_path), 1.0)})
    assert sized.meta["layers"] > 0
    assert wear(model, {})[0] == plain, "nothing of what was put on before stays"


def _all_values(pipeline: Any, folder: Path) -> ModelFiles:
    """A LoRA of the layers that read the text's states."""
    import torch
    from safetensors.torch import save_file

    states = {}
    for name, layer in pipeline.unet.named_modules():
        if name.endswith("attn2.to_v"):
            states[f"unet.{name}.lora_A.weight"] = torch.ones(2, layer.in_features)
            states[f"unet.{name}.lora_B.weight"] = torch.ones(layer.out_features, 2)
    save_file(states, folder / "values.safetensors")
    return files_of(folder / "values.safetensors")


def test_a_part_that_fits_is_worn_and_told(tiny: Tiny, context: Make, wear: Any, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    model = tiny("stable_diffusion")
    pipeline = context(model).model(pipelines.load).pipeline
    file = addons.lora(pipeline, tmp_path / "some.safetensors", "kohya")
    more = {f"lora_unet_elsewhere_to_q.lora_{side}.weight": torch.ones(2, 2) for side in ("down", "up")}
    save_file(load_file(file) | more, file)
    _pixels, facts = wear(model, {"some": (files_of(file, "some"), 1.0)})
    fitting, total = facts["loras"][0]["layers"].split(" of ")
    assert int(total) == int(fitting) + 1
    assert f"Of the {total} layers of some {fitting} fit this model" in facts["notes"][0]


def test_blocks_named_as_in_the_first_sdxl_are_found(
    tiny: Tiny, context: Make, wear: Any, tmp_path: Path
) -> None:
    """kohya's scripts name SDXL's blocks as Stability's own code did."""
    import torch
    from safetensors.torch import save_file

    model = tiny("stable_diffusion_xl")
    unet = context(model).model(pipelines.load).pipeline.unet
    layer = unet.down_blocks[1].attentions[0].transformer_blocks[0].attn1.to_q
    start = "lora_unet_input_blocks_3_1_transformer_blocks_0_attn1_to_q"  # with one layer a block
    states = {
        f"{start}.lora_down.weight": torch.randn(2, layer.in_features),
        f"{start}.lora_up.weight": torch.randn(layer.out_features, 2),
        f"{start}.alpha": torch.tensor(2.0),
    }
    save_file(states, tmp_path / "sgm.safetensors")
    pixels, facts = wear(model, {"sgm": (files_of(tmp_path / "sgm.safetensors"), 1.0)})
    assert facts["loras"][0]["layers"] == "1 of 1"
    assert pixels != wear(model, {})[0]


@pytest.mark.parametrize(
    ("layer", "width", "base"),
    [
        ("lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k", 768, "sd1"),
        ("unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_v", 1024, "sd2"),
        ("lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k", 2048, "sdxl"),
        ("lora_te2_text_model_encoder_layers_0_self_attn_q_proj", 1280, "sdxl"),
        ("lora_te_text_model_encoder_layers_0_self_attn_q_proj", 768, "sd1"),
        ("lora_unet_double_blocks_0_img_attn_qkv", 3072, "flux"),
        ("transformer.single_transformer_blocks.3.attn.to_q", 3072, "flux"),
        ("transformer.transformer_blocks.3.attn.add_k_proj", 1536, "sd3"),
        ("transformer.transformer_blocks.3.img_mlp.net.2", 12288, "qwen-image"),
        ("diffusion_model.layers.7.attention.to_q", 3840, "z-image"),
        ("unet.mid_block.conv", 5, ""),
    ],
)
def test_its_base_is_told_by_names_and_sizes(layer: str, width: int, base: str) -> None:
    assert lora.base_of({layer: [16, width]}) == base


def test_trigger_words_are_told() -> None:
    said = {"modelspec.trigger_phrase": "knitted, made of wool"}
    assert lora.triggers(said) == ["knitted", "made of wool"]
    counts = {"10_knitted": {"knitted": 40, "wool": 30, "cat": 5}, "5_more": {"knitted ": 4}}
    assert lora.triggers({"ss_tag_frequency": json.dumps(counts)}) == ["knitted"]
    assert lora.triggers({"ss_tag_frequency": "[" * 100_000}) == []
    assert lora.triggers({"ss_tag_frequency": '{"a": {"b": "c"}}'}) == []
    assert lora.triggers({"modelspec.trigger_phrase": "a\x00b\u202e," + "c" * 500}) == ["ab", "c" * 80]


def test_a_card_tells_what_the_file_is(tiny: Tiny, context: Make, tmp_path: Path) -> None:
    pipeline = context(tiny("stable_diffusion")).model(pipelines.load).pipeline
    about = {"modelspec.trigger_phrase": "knitted"}
    card = describe(addons.lora(pipeline, tmp_path / "a.safetensors", "kohya", about=about))
    assert (card["task"], card["format"], card["meta"]["rank"]) == ("lora", "kohya", addons.RANK)
    assert card["meta"]["triggers"] == ["knitted"]


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("lora_unet_x.hada_w1_a", "LoHa"),
        ("lora_unet_x.lokr_w1", "LoKr"),
        ("lora_unet_x.dora_scale", "DoRA"),
        ("down_blocks.0.weight", "is no LoRA"),
        ("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", "language model"),
    ],
)
def test_other_files_are_refused_with_the_reason(key: str, why: str, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    pair = {key: torch.ones(2, 2), key.replace("lora_A", "lora_B"): torch.ones(2, 2)}
    save_file(pair, tmp_path / "x.safetensors")
    with pytest.raises(Unfit, match=why):
        describe(tmp_path / "x.safetensors")

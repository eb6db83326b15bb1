"""Tiny real add-ons for the tiny models: LoRA files as different trainers write them, a ControlNet, an IP-Adapter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RANK = 2


def layers_of(pipeline: Any, *, text: bool = True) -> dict[str, dict[str, Any]]:
    """By part: the attention layers that LoRAs are usually trained on, by their names in diffusers."""
    from torch import nn

    network = "unet" if hasattr(pipeline, "unet") else "transformer"
    ends = ("to_q", "to_v", "to_out.0", "q_proj")
    found: dict[str, dict[str, Any]] = {}
    for part in (network, "text_encoder") if text else (network,):
        module = getattr(pipeline, part)
        found[part] = {
            name: layer
            for name, layer in module.named_modules()
            if isinstance(layer, nn.Linear) and name.endswith(ends)
        }
    return found


def lora(
    pipeline: Any,
    file: Path,
    kind: str,
    *,
    alpha: float = RANK,
    seed: int = 5,
    text: bool = True,
    about: dict[str, str] | None = None,
) -> Path:
    """A LoRA of random numbers for this pipeline, in the words of `kind`: diffusers, diffusers-old, kohya, peft.

    The same seed gives the same additions in every kind; PEFT's files and diffusers' have no alpha of their own.
    """
    import torch
    from safetensors.torch import save_file

    rng = torch.Generator().manual_seed(seed)
    states: dict[str, Any] = {}
    for part, layers in layers_of(pipeline, text=text).items():
        for name, layer in layers.items():
            down = torch.randn(RANK, layer.in_features, generator=rng)
            up = torch.randn(layer.out_features, RANK, generator=rng)
            names = _names(kind, part, name)
            states |= dict(zip(names, (down, up), strict=True))
            if kind == "kohya":
                states[names[0].replace("lora_down.weight", "alpha")] = torch.tensor(float(alpha))
    if kind == "peft" and file.suffix != ".safetensors":
        file.mkdir()
        (file / "adapter_config.json").write_text(json.dumps({"r": RANK, "lora_alpha": alpha}))
        file = file / "adapter_model.safetensors"
    save_file(states, file, metadata=about)
    return file


def _names(kind: str, part: str, name: str) -> tuple[str, str]:
    older = (
        f"text_model.{name}" if part == "text_encoder" else name
    )  # as transformers called it when they were trained
    if kind == "diffusers":
        return f"{part}.{older}.lora_A.weight", f"{part}.{older}.lora_B.weight"
    if kind == "diffusers-old":
        if part == "text_encoder":
            start = f"{part}.{older}.lora_linear_layer"
        else:
            inner, _, last = name.replace("to_out.0", "to_out").rpartition(".")
            start = f"{part}.{inner}.processor.{last}_lora"
        return f"{start}.down.weight", f"{start}.up.weight"
    if kind == "kohya":
        start = "lora_te_" if part == "text_encoder" else f"lora_{part}_"
        start += older.replace(".", "_")
        return f"{start}.lora_down.weight", f"{start}.lora_up.weight"
    return f"base_model.model.{older}.lora_A.weight", f"base_model.model.{older}.lora_B.weight"


def controlnet(pipeline: Any, folder: Path, *, modes: int | None = None) -> Path:
    """A ControlNet begun from the pipeline's network, with answers that are not zero. modes: of a FLUX one that follows
    several kinds of pictures."""
    import diffusers
    import torch

    name = type(pipeline).__name__
    network: Any
    if hasattr(pipeline, "unet"):
        network = diffusers.ControlNetModel.from_unet(
            pipeline.unet, conditioning_embedding_out_channels=(8, 16)
        )
    else:
        own = pipeline.transformer.config
        size = {side: own.get(side) for side in ("attention_head_dim", "num_attention_heads")}
        if name.startswith("StableDiffusion3"):
            network = diffusers.SD3ControlNetModel.from_transformer(
                pipeline.transformer,
                num_layers=1,
                num_extra_conditioning_channels=0,
                load_weights_from_transformer=False,
            )
        elif name.startswith("ZImage"):
            network = diffusers.ZImageControlNetModel(
                control_layers_places=[0],
                control_in_dim=own.in_channels,
                **{side: own[side] for side in ("dim", "n_heads", "n_kv_heads", "n_refiner_layers")},
            )
        elif modes:
            numbers = {**own, **size, "num_layers": 1, "num_single_layers": 1, "num_mode": modes}
            network = diffusers.FluxControlNetModel.from_config(numbers)
        elif name.startswith("Flux"):
            network = diffusers.FluxControlNetModel.from_transformer(
                pipeline.transformer, num_layers=1, num_single_layers=1, **size
            )
        else:
            network = diffusers.QwenImageControlNetModel.from_transformer(
                pipeline.transformer, num_layers=1, **size
            )
    rng = torch.Generator().manual_seed(6)
    with torch.no_grad():
        for value in network.parameters():
            if not value.any():
                value.copy_(torch.randn(value.shape, generator=rng))
    network.save_pretrained(folder)
    return folder


def ip_adapter(pipeline: Any, folder: Path) -> Path:
    """An IP-Adapter for the pipeline's network, FLUX's in XLabs' words, with a tiny image encoder beside it."""
    import torch
    from safetensors.torch import save_file
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    rng = torch.Generator().manual_seed(7)
    flux = not hasattr(pipeline, "unet")
    width = (
        pipeline.transformer.config.joint_attention_dim if flux else pipeline.unet.config.cross_attention_dim
    )
    CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=16,
            intermediate_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            image_size=32,
            patch_size=8,
            projection_dim=16,
        )
    ).save_pretrained(folder / "image_encoder")
    begins = "ip_adapter_proj_model" if flux else "image_proj"
    states = {
        f"{begins}.proj.weight": torch.randn(4 * width, 16, generator=rng),
        f"{begins}.proj.bias": torch.zeros(4 * width),
        f"{begins}.norm.weight": torch.ones(width),
        f"{begins}.norm.bias": torch.zeros(width),
    }
    if flux:
        for number in range(pipeline.transformer.config.num_layers):
            for side in ("k", "v"):
                name = f"double_blocks.{number}.processor.ip_adapter_double_stream_{side}_proj"
                inner = pipeline.transformer.inner_dim
                states[f"{name}.weight"] = torch.randn(inner, width, generator=rng)
                states[f"{name}.bias"] = torch.randn(inner, generator=rng)
        save_file(states, folder / "ip_adapter.safetensors")
        return folder
    attending = [name for name in pipeline.unet.attn_processors if "attn2" in name]
    for number, name in enumerate(attending):
        layer = pipeline.unet.get_submodule(name.removesuffix(".processor"))
        for side in ("k", "v"):
            shape = (layer.to_k.out_features, width)
            states[f"ip_adapter.{2 * number + 1}.to_{side}_ip.weight"] = torch.randn(shape, generator=rng)
    save_file(states, folder / "ip-adapter.safetensors")
    return folder

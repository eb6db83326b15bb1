"""LoRA files: what one is, told from its header; and worn by a loaded pipeline for one job, several at once.

A LoRA adds scale · up(down(x)) to what some layers of a model give (Hu et al. 2021). Its file names those layers in one
of three ways: as diffusers does ("unet.…lora_A", "unet.…to_q_lora.down"), as kohya's scripts do ("lora_unet_…lora_down",
dots written as underscores, with an alpha each), as PEFT does ("base_model.model.…lora_A"). Each name is looked up among
the layers that the model has, so what fits is counted and never guessed. It is worn by hooks, and taken off by removing
them: the model itself is not touched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generators.context import ModelFiles
from generators.events import ToolError
from generators.image import bases
from generators.lab.weights import Unfit, metadata, read_json, tensors

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from generators.image.pipelines import Drawer

MOST_TRIGGERS = 12
_ENDS = re.compile(
    r"(?P<name>.+?)(?:(?:_lora|\.lora_linear_layer|\.lora)\.(?P<old>down|up)|\.lora_(?P<new>down|up|A|B))"
    r"(?:\.default)?\.weight"
)
_OTHER_KINDS = {
    r"\.hada_w": "LoHa",
    r"\.lokr_w": "LoKr",
    r"\.(dora_scale|lora_magnitude_vector)": "DoRA",
    r"\.lora_mid": "LoCon with a Tucker core",
    r"\.diff(_b)?$": "a difference of whole weights",
}
"""What tells relatives of LoRA, as patterns of keys."""
_STARTS = (
    # (how a layer's name begins, the pipeline's parts that it may lie in)
    ("base_model.model.", ()),
    ("lora_unet_", ("unet", "transformer")),
    ("lora_transformer_", ("transformer",)),
    ("lora_te1_", ("text_encoder",)),
    ("lora_te2_", ("text_encoder_2",)),
    ("lora_te_", ("text_encoder",)),
    ("diffusion_model.", ("transformer", "unet")),
    ("text_encoder_2.", ("text_encoder_2",)),
    ("text_encoder.", ("text_encoder",)),
    ("transformer.", ("transformer",)),
    ("unet.", ("unet",)),
)


@dataclass(frozen=True)
class Pair:
    """One layer's addition: keys of its two matrices, and of its alpha where the file has one."""

    down: str
    up: str
    alpha: str | None = None


def pairs(keys: list[str]) -> dict[str, Pair]:
    """The additions of a file by the name that it gives the layer. Half a pair is none."""
    sides: dict[str, dict[str, str]] = {}
    for key in keys:
        found = _ENDS.fullmatch(key)
        if found:
            side = "down" if (found["old"] or found["new"]) in ("down", "A") else "up"
            sides.setdefault(found["name"], {})[side] = key
    known = set(keys)
    return {
        name: Pair(two["down"], two["up"], f"{name}.alpha" if f"{name}.alpha" in known else None)
        for name, two in sides.items()
        if len(two) == 2
    }


def file_of(path: Path) -> Path:
    """The file of a LoRA that was added as a file, or as PEFT's folder of one. Unfit where there is no such file."""
    if path.is_file():
        return path
    files = sorted(path.glob("*.safetensors"))
    if len(files) != 1:
        raise Unfit(f"{path.name} must hold one safetensors file; it holds {len(files)}.")
    return files[0]


def is_lora(path: Path) -> bool:
    """Whether a safetensors file adds to layers of a model."""
    keys = list(tensors(path))
    return bool(pairs(keys)) or any(re.search(mark, key) for key in keys for mark in _OTHER_KINDS)


def describe(path: Path) -> dict[str, Any]:
    """The card's fields of a LoRA file. Unfit, with the reason, where it is of a kind that cannot be worn."""
    header = tensors(path)
    found = pairs(list(header))
    for mark, kind in _OTHER_KINDS.items():
        if any(re.search(mark, key) for key in header):
            raise Unfit(f"{path.name} is {kind}, a relative of LoRA that cannot be used here yet.")
    if not found:
        raise Unfit(
            f"{path.name} holds no LoRA: none of its {len(header)} tensors comes in pairs of down and up."
        )
    if any(re.search(r"model[._]layers[._]\d+[._](self_attn|mlp)", name) for name in found):
        raise Unfit(f"{path.name} is a LoRA of a language model; only those of image models are worn here.")
    about = metadata(path)
    names = list(found)
    meta: dict[str, Any] = {
        "base": base_of({name: header[pair.down]["shape"] for name, pair in found.items()}),
        "layers": len(found),
        "rank": max(int(header[pair.down]["shape"][0]) for pair in found.values()),
        "triggers": triggers(about),
    }
    alpha = _alpha_beside(path, about)
    return {
        "format": _format(names),
        "task": "lora",
        "architecture": "LoRA",
        "bytes": path.stat().st_size,
        "memory_bytes": 2 * path.stat().st_size,  # half floats become floats on a CPU
        "meta": meta | ({"alpha_share": alpha} if alpha is not None else {}),
    }


def _format(names: list[str]) -> str:
    if any(name.startswith("base_model.model.") for name in names):
        return "peft"
    return "kohya" if any(name.startswith("lora_") for name in names) else "diffusers"


def base_of(inputs: Mapping[str, list[int]]) -> str:
    """The base that layers of these names and shapes of `down` (rank, inputs, …) belong to; "" where they do not tell."""
    flat = {name.replace(".", "_"): shape for name, shape in inputs.items()}

    def widths(pattern: str) -> set[int]:
        return {int(shape[1]) for name, shape in flat.items() if len(shape) > 1 and re.search(pattern, name)}

    if any(
        re.search(r"double_blocks_\d|single_transformer_blocks_\d|single_blocks_\d", name) for name in flat
    ):
        return "flux"
    if any(re.search(r"transformer_blocks_\d+_(img|txt)_(mlp|mod)", name) for name in flat):
        return "qwen-image"
    if any(re.search(r"layers_\d+_(attention|feed_forward|adaLN)", name) for name in flat):
        return "z-image"
    if any("joint_blocks" in name or "attn_add_k_proj" in name for name in flat):
        return {3072: "flux"}.get(next(iter(widths("attn_add_k_proj")), 0), "sd3")
    attended = widths(r"attn2_to_[kv]")
    if attended:
        return bases.BY_WIDTH.get(next(iter(attended)), "")
    if any("lora_te2_" in name or "text_encoder_2" in name for name in flat):
        return "sdxl"
    return {768: "sd1", 1024: "sd2"}.get(next(iter(widths("self_attn_q_proj")), 0), "")


def triggers(about: Mapping[str, str]) -> list[str]:
    """The words that call up what a LoRA was trained on, as its file tells them: at most a dozen, plain text.

    `modelspec.trigger_phrase` says them; else those of `ss_tag_frequency`, kohya's count of caption words by folder,
    that nearly every caption had.
    """
    said = [word.strip() for word in about.get("modelspec.trigger_phrase", "").split(",")]
    if not any(said):
        counts: dict[str, int] = {}
        try:
            folders = json.loads(about.get("ss_tag_frequency", "{}"))
            for tags in folders.values():
                for tag, count in tags.items():
                    counts[str(tag).strip()] = counts.get(str(tag).strip(), 0) + int(count)
        except (ValueError, AttributeError, TypeError, RecursionError):
            return []
        most = max(counts.values(), default=0)
        said = sorted((tag for tag, n in counts.items() if n >= 0.7 * most), key=lambda tag: -counts[tag])
    clean = ("".join(char for char in word if char.isprintable())[:80] for word in said)
    return list(dict.fromkeys(word for word in clean if word))[:MOST_TRIGGERS]


def _alpha_beside(path: Path, about: Mapping[str, str]) -> float | None:
    """alpha / rank where it stands beside the tensors: in diffusers' header, or in PEFT's adapter_config.json."""
    try:
        said = json.loads(about.get("lora_adapter_metadata", "{}"))
    except (ValueError, RecursionError):
        said = {}
    config = path.with_name("adapter_config.json")
    found: dict[str, Any] = dict(said) if isinstance(said, dict) else {}
    if config.is_file():
        found |= read_json(config)
    for start in ("", "unet.", "transformer."):
        alpha, rank = found.get(f"{start}lora_alpha"), found.get(f"{start}r")
        if isinstance(alpha, int | float) and isinstance(rank, int) and rank > 0 and abs(alpha) < 1e4:
            return float(alpha) / rank
    return None


@dataclass
class _Addition:
    """scale · up(down(x)) for one layer."""

    layer: nn.Module
    down: Tensor
    up: Tensor
    scale: float


@contextmanager
def worn(drawer: Drawer, uses: list[tuple[ModelFiles, float]]) -> Iterator[list[dict[str, Any]]]:
    """While inside, the drawer's pipeline wears these LoRAs at these weights.

    Gives one entry each: name, digest, weight, layers ("64 of 64"). ToolError where one does not fit; nothing is left
    on the pipeline in any case.
    """
    hooks: list[Any] = []
    facts: list[dict[str, Any]] = []
    try:
        for files, weight in uses:
            additions, total = _fitted(drawer, files)
            where = drawer.pipeline._execution_device
            hooks += [_put_on(addition, weight, where) for addition in additions if weight]
            facts.append(
                {
                    "name": files.name,
                    "digest": files.digest,
                    "weight": weight,
                    "layers": f"{len(additions)} of {total}",
                }
            )
        yield facts
    finally:
        for hook in hooks:
            hook.remove()


def notes(facts: list[dict[str, Any]]) -> list[str]:
    """A sentence for each LoRA of which only a part fits."""
    parts = [(fact["name"], *fact["layers"].split(" of ")) for fact in facts]
    return [
        f"Of the {total} layers of {name} {fitting} fit this model; the rest were left out."
        for name, fitting, total in parts
        if fitting != total
    ]


def _put_on(addition: _Addition, weight: float, device: torch.device) -> Any:
    """device: where the layer computes, which is not where it lies while its part waits for its turn on the GPU."""
    from torch import nn
    from torch.nn import functional as F

    layer, scale = addition.layer, addition.scale * weight
    home: Tensor = layer.weight  # type: ignore[assignment]  # of a linear layer or a convolution
    down, up = (one.to(device, home.dtype) for one in (addition.down, addition.up))
    if isinstance(layer, nn.Conv2d):
        stride, padding, dilation = layer.stride, layer.padding, layer.dilation

        def add(_: Any, given: tuple[Tensor, ...], made: Tensor) -> Tensor:
            return made + scale * F.conv2d(F.conv2d(given[0], down, None, stride, padding, dilation), up)

    else:

        def add(_: Any, given: tuple[Tensor, ...], made: Tensor) -> Tensor:
            return made + scale * F.linear(F.linear(given[0], down), up)

    return layer.register_forward_hook(add)


def _fitted(drawer: Drawer, files: ModelFiles) -> tuple[list[_Addition], int]:
    """What of a LoRA file fits the pipeline, and how many layers it has in all. ToolError where it does not fit."""
    from safetensors.torch import load_file

    states = load_file(file_of(files.path))
    share = float(files.meta.get("alpha_share", 1.0))
    found = pairs(list(states))
    total = len(found)
    layers = _layers(drawer.pipeline)
    fitting, unlike = _match(found, states, layers, share)
    if len(fitting) + unlike < total:
        other = _converted(drawer.pipeline, states)
        if other:
            again = _match(pairs(list(other)), other, layers, share)
            if len(again[0]) > len(fitting):
                (fitting, unlike), total = again, len(pairs(list(other)))
    if unlike or not fitting:
        base = bases.title(str(files.meta.get("base", "")))
        made_for = f" It was made for {base}." if base else ""
        why = (
            f"{unlike} of its {total} layers have another size"
            if unlike
            else f"this model has none of its {total} layers"
        )
        raise ToolError(f"{files.name} does not fit this model: {why}.{made_for}", kind="model")
    return fitting, total


def _layers(pipeline: Any) -> dict[str, dict[str, nn.Module]]:
    """By part of the pipeline: its linear and convolution layers, by name with underscores."""
    from torch import nn

    found: dict[str, dict[str, nn.Module]] = {}
    for part in ("unet", "transformer", "text_encoder", "text_encoder_2"):
        module = getattr(pipeline, part, None)
        if module is not None:
            found[part] = {
                name.replace(".", "_"): layer
                for name, layer in module.named_modules()
                if isinstance(layer, nn.Linear | nn.Conv2d)
            }
    return found


def _places(name: str) -> tuple[tuple[str, ...], str]:
    """The parts that a layer of this name may lie in, and its name there with underscores."""
    parts: tuple[str, ...] = ("unet", "transformer", "text_encoder")
    for start, where in _STARTS:
        if name.startswith(start):
            name, parts = name.removeprefix(start), where or parts
            if where:
                break
    plain = name.replace(".processor", "").replace(".", "_")
    return parts, re.sub(r"_to_out$", "_to_out_0", plain)


def _match(
    found: dict[str, Pair], states: dict[str, Tensor], layers: dict[str, dict[str, nn.Module]], share: float
) -> tuple[list[_Addition], int]:
    """What fits by name and size; how many fit by name and have another size."""
    fitting: list[_Addition] = []
    unlike = 0
    for name, pair in found.items():
        parts, plain = _places(name)
        tries = (plain, plain.removeprefix("text_model_"), f"text_model_{plain}")
        layer = next(
            (layers[part][one] for part in parts if part in layers for one in tries if one in layers[part]),
            None,
        )
        if layer is None:
            continue
        down, up = states[pair.down], states[pair.up]
        scale = float(states[pair.alpha]) / down.shape[0] if pair.alpha else share
        sized = _sized(layer, down, up)
        if sized is None:
            unlike += 1
        else:
            fitting.append(_Addition(layer, *sized, scale))
    return fitting, unlike


def _sized(layer: nn.Module, down: Tensor, up: Tensor) -> tuple[Tensor, Tensor] | None:
    """The two matrices in the layer's own number of dimensions; None where they have another size."""
    weight: Tensor = layer.weight  # type: ignore[assignment]  # of a linear layer or a convolution
    if down.ndim < 2 or up.ndim < 2 or down.shape[0] != up.shape[1]:
        return None
    if weight.ndim == 2:
        down, up = down.flatten(1), up.flatten(1)
    elif down.ndim == 2:
        down, up = down[..., None, None], up[..., None, None]
    fits = down.shape[1:] == weight.shape[1:] and up.shape[0] == weight.shape[0] and up[0, 0].numel() == 1
    return (down, up) if fits else None


def _converted(pipeline: Any, states: dict[str, Tensor]) -> dict[str, Tensor]:
    """The file's tensors under diffusers' names, where diffusers knows how its author named them; else nothing."""
    import torch

    convert = getattr(type(pipeline), "lora_state_dict", None)
    if convert is None:
        return {}
    more = {"unet_config": pipeline.unet.config} if hasattr(pipeline, "unet") else {"return_alphas": True}
    try:
        said = convert(dict(states), **more)
    except Exception:  # a name it does not know: it raises all sorts
        return {}
    made, alphas = said if isinstance(said, tuple) else (said, None)
    made = dict(made)
    for key, alpha in (alphas or {}).items():
        found = _ENDS.fullmatch(key.removesuffix(".alpha"))
        if found:
            made[f"{found['name']}.alpha"] = torch.tensor(float(alpha))
    return made

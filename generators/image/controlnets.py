"""ControlNets (Zhang et al. 2023): networks that make a model follow a picture, of each family that diffusers has them for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from generators.context import Context, ModelFiles
from generators.events import ToolError
from generators.image import bases
from generators.lab.weights import Unfit, bytes_of, memory_of, read_json, refuse_pickles

if TYPE_CHECKING:
    from PIL.Image import Image

    from generators.image.control import ControlKind
    from generators.image.pipelines import Drawer


class Family(NamedTuple):
    """pipeline: that draws with a ControlNet. network: the ControlNet's class. shown: what the pipeline calls the
    picture that is followed. width: how many numbers a token has, by the network's config, which the model must share."""

    pipeline: str
    network: str
    shown: str
    width: tuple[str, ...]


FAMILIES = {
    "StableDiffusionPipeline": Family(
        "StableDiffusionControlNetPipeline", "ControlNetModel", "image", ("cross_attention_dim",)
    ),
    "StableDiffusionXLPipeline": Family(
        "StableDiffusionXLControlNetPipeline", "ControlNetModel", "image", ("cross_attention_dim",)
    ),
    "StableDiffusion3Pipeline": Family(
        "StableDiffusion3ControlNetPipeline",
        "SD3ControlNetModel",
        "control_image",
        ("num_attention_heads", "attention_head_dim"),
    ),
    "FluxPipeline": Family(
        "FluxControlNetPipeline",
        "FluxControlNetModel",
        "control_image",
        ("num_attention_heads", "attention_head_dim"),
    ),
    "QwenImagePipeline": Family(
        "QwenImageControlNetPipeline",
        "QwenImageControlNetModel",
        "control_image",
        ("num_attention_heads", "attention_head_dim"),
    ),
    "ZImagePipeline": Family("ZImageControlNetPipeline", "ZImageControlNetModel", "control_image", ("dim",)),
}
"""Pipelines that have a sibling with a ControlNet."""

_BASES = {
    "SD3ControlNetModel": "sd3",
    "FluxControlNetModel": "flux",
    "QwenImageControlNetModel": "qwen-image",
    "ZImageControlNetModel": "z-image",
}

MODES: dict[ControlKind, int] = {"edges": 0, "as-it-is": 1, "depth": 2, "pose": 4}
"""Numbers of the kinds for a FLUX ControlNet that follows several: canny, tile, depth and pose of FLUX.1-dev-ControlNet-Union."""


def describe(folder: Path) -> dict[str, Any]:
    """The card's fields of a ControlNet's folder. Unfit, with the reason, where it may not be loaded."""
    refuse_pickles([file.name for file in folder.iterdir()])
    config = read_json(folder / "config.json")
    named = config.get("_class_name")
    known = list(dict.fromkeys(family.network for family in FAMILIES.values()))
    if named not in known:
        raise Unfit(
            f"{folder.name} is of the class {named}; of networks that follow a picture only these are loaded:"
            f" {', '.join(known)}."
        )
    base = _BASES.get(named) or bases.BY_WIDTH.get(config.get("cross_attention_dim") or 0, "")
    return {
        "format": "diffusers",
        "task": "control",
        "architecture": "ControlNet",
        "bytes": bytes_of(folder),
        "memory_bytes": int(memory_of(folder) * 1.1),
        "meta": {"base": base},
    }


def controlled(ctx: Context, drawer: Drawer, addon: str | None) -> Drawer:
    """A drawer that follows a picture. ToolError where the model cannot follow one, or no ControlNet is there."""
    import diffusers

    name = type(drawer.pipeline).__name__
    family = FAMILIES.get(name)
    if family is None:
        titles = ", ".join(bases.TITLES[base] for base in ("sd1", "sd2", "sdxl", *_BASES.values()))
        raise ToolError(
            f"A model of the kind {name.removesuffix('Pipeline')} cannot follow a control picture here. These can:"
            f" {titles}, and the built-in model.",
            kind="model",
        )
    if addon is None:
        raise ToolError(
            "No ControlNet here is known to fit this model. Choose one by name, add one on the Models page, or take the"
            " control picture out.",
            kind="model",
        )
    files = ctx.addon(addon)
    unfit = ToolError(f"{files.name} does not fit this model: it was made for another base.", kind="model")
    if read_json(files.path / "config.json").get("_class_name") != family.network:
        raise unfit
    network = ctx.keep(f"{files.digest}:{ctx.device}", lambda: load(files, drawer.pipeline, family.network))
    own = denoiser(drawer.pipeline).config
    if any(network.config[name] != own[name] for name in family.width):
        raise unfit
    kind = getattr(diffusers, family.pipeline)
    parts = {**drawer.pipeline.config, **drawer.pipeline.components, "controlnet": network}
    takes = set(kind._get_signature_keys(kind)[0]) | set(kind._optional_components)
    made = kind(**{part: value for part, value in parts.items() if part in takes})
    return replace(drawer, pipeline=made)


def told(drawer: Drawer, picture: Image, kind: ControlKind, weight: float) -> dict[str, Any]:
    """What the pipeline of `controlled` is told to follow this picture, as `control.prepared` made it."""
    pipeline = type(drawer.pipeline).__name__
    shown = next(family.shown for family in FAMILIES.values() if family.pipeline == pipeline)
    given = {shown: picture, "controlnet_conditioning_scale": weight}
    if getattr(drawer.pipeline.controlnet, "union", False):
        given["control_mode"] = MODES[kind]
    return given


def load(files: ModelFiles, like: Any, network: str) -> Any:
    """The network of this class, in the precision of the pipeline `like`, where that computes."""
    import diffusers

    return (
        getattr(diffusers, network)
        .from_pretrained(
            files.path, torch_dtype=denoiser(like).dtype, use_safetensors=True, local_files_only=True
        )
        .to(like._execution_device)
    )


def denoiser(pipeline: Any) -> Any:
    """The network that draws."""
    return getattr(pipeline, "unet", None) or pipeline.transformer

"""A picture that says where things are: through a ControlNet (Zhang et al. 2023) on the models that have one.

The small built-in model has none: it starts from the picture itself instead, with as much noise as the weight leaves.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from generators.context import Context, ModelFiles
from generators.events import ToolError
from generators.image import bases
from generators.lab.weights import Unfit, bytes_of, memory_of, read_json, refuse_pickles

if TYPE_CHECKING:
    from PIL.Image import Image

    from generators.image.pipelines import Drawer

ControlKind = Literal["edges", "depth", "pose", "as-it-is"]

PIPELINES = {
    "StableDiffusionPipeline": "StableDiffusionControlNetPipeline",
    "StableDiffusionXLPipeline": "StableDiffusionXLControlNetPipeline",
}
"""Pipelines that have a sibling with a ControlNet of the class that we load."""

_KINDS = (("edges", "canny|edge|line|hed|scribble|mlsd"), ("depth", "depth"), ("pose", "pose|skeleton"))
FIGURE_DARK = 0.7  # share of black from which a pose picture is a stick figure already
COLOURED = 12  # mean distance of a pixel's channels above which a picture is no depth map


def kind_of(name: str) -> str:
    """Which kind of picture a ControlNet of this name follows; "" where it does not tell."""
    return next((kind for kind, marks in _KINDS if re.search(marks, name.lower())), "")


def describe(folder: Path) -> dict[str, Any]:
    """The card's fields of a ControlNet's folder. Unfit, with the reason, where it may not be loaded."""
    refuse_pickles([file.name for file in folder.iterdir()])
    config = read_json(folder / "config.json")
    if config.get("_class_name") != "ControlNetModel":
        raise Unfit(
            f"{folder.name} is of the class {config.get('_class_name')}; of networks that follow a picture only"
            " ControlNetModel is loaded."
        )
    return {
        "format": "diffusers",
        "task": "control",
        "architecture": "ControlNet",
        "bytes": bytes_of(folder),
        "memory_bytes": int(memory_of(folder) * 1.1),
        "meta": {"base": bases.BY_WIDTH.get(config.get("cross_attention_dim") or 0, "")},
    }


def load(files: ModelFiles, like: Any) -> Any:
    """The network, in the precision of the pipeline `like`, where that computes."""
    from diffusers import ControlNetModel

    return ControlNetModel.from_pretrained(
        files.path, torch_dtype=like.unet.dtype, use_safetensors=True, local_files_only=True
    ).to(like._execution_device)


def controlled(
    ctx: Context, drawer: Drawer, addon: str | None, weight: float
) -> tuple[Drawer, dict[str, Any]]:
    """(a drawer that follows a picture, what its pipeline is told besides that `image`).

    ToolError where the model cannot follow one, or no ControlNet is there.
    """
    import diffusers

    name = type(drawer.pipeline).__name__
    if name not in PIPELINES:
        raise ToolError(
            f"A model of the kind {name.removesuffix('Pipeline')} cannot follow a control picture here. Stable Diffusion"
            " 1, SDXL and the built-in model can.",
            kind="model",
        )
    if addon is None:
        raise ToolError(
            "No ControlNet here is known to fit this model. Choose one by name, add one on the Models page, or take the"
            " control picture out.",
            kind="model",
        )
    files = ctx.addon(addon)
    network = ctx.keep(f"{files.digest}:{ctx.device}", lambda: load(files, drawer.pipeline))
    if network.config.cross_attention_dim != drawer.pipeline.unet.config.cross_attention_dim:
        raise ToolError(f"{files.name} does not fit this model: it was made for another base.", kind="model")
    family = getattr(diffusers, PIPELINES[name])
    parts = {**drawer.pipeline.config, **drawer.pipeline.components, "controlnet": network}
    takes = set(family._get_signature_keys(family)[0]) | set(family._optional_components)
    made = family(**{part: value for part, value in parts.items() if part in takes})
    return replace(drawer, pipeline=made), {"controlnet_conditioning_scale": weight}


def prepared(
    ctx: Context, picture: Image, kind: str, depth_model: str | None = None
) -> tuple[Image, list[str]]:
    """(the picture as the network wants it, notes): edges are found, poses and depths where what finds them is installed.
    A stick figure and a grey depth map stay as they are.

    picture: RGB, of the size that is drawn. depth_model: the add-on that finds depths.
    """
    if kind == "edges":
        from generators.image.edges import edges

        return edges(picture), []
    if kind == "depth":
        return _depths(ctx, picture, depth_model)
    if kind != "pose" or _dark_share(picture) > FIGURE_DARK:
        return picture, []
    from generators.people import networks

    if not networks.installed():
        return picture, [
            "The control picture was used as it is: nothing that finds people is installed"
            f" (`{networks.SETUP}`), and it is no stick figure."
        ]
    from generators.people import figures, poses

    found = poses.poses(ctx, picture)
    if not found:
        return picture, ["Nobody was found in the control picture; it was used as it is."]
    who = "one person" if len(found) == 1 else f"{len(found)} people"
    return figures.drawn(found, picture.size), [f"The pose of {who} was found in the control picture."]


def _dark_share(picture: Image) -> float:
    """Share of pixels that are all but black."""
    import numpy as np

    return float((np.asarray(picture.convert("RGB")).max(2) < 16).mean())


def _depths(ctx: Context, picture: Image, model: str | None) -> tuple[Image, list[str]]:
    import numpy as np

    pixels = np.asarray(picture, dtype=np.float32)
    if float((pixels.max(2) - pixels.min(2)).mean()) <= COLOURED:
        return picture, ["The control picture is grey, so it was taken for a depth map: near things white."]
    if model is None:
        return picture, [
            "The control picture is in colour, and was used as it is: nothing that finds depths is installed. A folder of"
            " Depth Anything, DPT or ZoeDepth can be added on the Models page."
        ]
    from generators.image import depth

    return depth.estimated(ctx, model, picture), [f"Depths were found in the control picture by {model}."]

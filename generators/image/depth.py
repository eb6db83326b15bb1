"""How near things in a picture are, by a depth estimator of the catalogue: the grey picture that a ControlNet follows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generators.context import Context, ModelFiles
from generators.events import ToolError
from generators.lab.weights import Unfit, bytes_of, memory_of, read_json, refuse_pickles

if TYPE_CHECKING:
    from PIL.Image import Image

CLASSES: Mapping[str, str] = {
    "DepthAnythingForDepthEstimation": "DPTImageProcessorPil",
    "DPTForDepthEstimation": "DPTImageProcessorPil",
    "ZoeDepthForDepthEstimation": "ZoeDepthImageProcessorPil",
    "GLPNForDepthEstimation": "GLPNImageProcessorPil",
}
"""Classes of transformers that can be loaded as depth estimators, and what makes their inputs; their folders are told
from others by these."""

IN_METRES = ("ZoeDepthForDepthEstimation", "GLPNForDepthEstimation")
"""Of these, those that always say how far things are."""

LARGEST = 1024  # pixels a side that are looked at: the networks were trained on half of that
WORKING_BYTES = 512 * 2**20


def describe(folder: Path) -> dict[str, Any]:
    """The card's fields of a depth estimator's folder. Unfit, with the reason, where it may not be loaded."""
    refuse_pickles([file.name for file in folder.iterdir()])
    config = read_json(folder / "config.json")
    inner = config.get("backbone_config")
    for part in (config, inner if isinstance(inner, dict) else {}):
        if part.get("backbone") or part.get("model_type") == "timm_backbone":
            raise Unfit("config.json asks for a network from elsewhere (backbone), which is never fetched.")
    if not (folder / "preprocessor_config.json").is_file():
        raise Unfit("The folder has no preprocessor_config.json, so it is not known how it takes pictures.")
    return {
        "format": "transformers",
        "task": "depth-estimation",
        "architecture": "transformer",
        "bytes": bytes_of(folder),
        "memory_bytes": int(memory_of(folder) * 1.1) + WORKING_BYTES,
        "meta": {"class": config["architectures"][0]},
    }


class Estimator:
    """A loaded network with what makes its inputs."""

    def __init__(self, model: Any, pixels: Any) -> None:
        self.model, self.pixels = model, pixels

    def nearness(self, picture: Image) -> Image:
        """An RGB picture of the same size, grey: the nearest thing white, the furthest black."""
        import numpy as np
        import torch
        from PIL import Image as Pictures
        from torch.nn import functional as F

        seen = picture.convert("RGB")
        seen.thumbnail((LARGEST, LARGEST))
        first = next(self.model.parameters())
        given = self.pixels(images=seen, return_tensors="pt").pixel_values.to(first.device, first.dtype)
        with torch.no_grad():
            found = self.model(given).predicted_depth.float()
        height, width = seen.height, seen.width
        above, left = self._mirrored(height), self._mirrored(width)
        found = F.interpolate(found[None], size=(height + 2 * above, width + 2 * left), mode="bicubic")[0, 0]
        found = found[above : above + height, left : left + width]
        if self._in_metres:
            found = 1 / found.clamp(min=1e-3)
        found -= found.min()
        grey = (255 * found / found.max().clamp(min=1e-6)).round().cpu().numpy().astype(np.uint8)
        return Pictures.fromarray(grey).resize(picture.size).convert("RGB")

    def _mirrored(self, side: int) -> int:
        """Pixels of ground that ZoeDepth is shown beyond an edge: what lies there mirrored."""
        pads = self.pixels.do_pad and type(self.model).__name__ == "ZoeDepthForDepthEstimation"
        return int(3 * math.sqrt(side / 2)) if pads else 0

    @property
    def _in_metres(self) -> bool:
        """Whether it says how far things are; else how near, as in the maps that ControlNets were trained on."""
        said = getattr(self.model.config, "depth_estimation_type", "")
        return type(self.model).__name__ in IN_METRES or said == "metric"


def load(files: ModelFiles, device: str) -> Estimator:
    """Load a folder. Raises ToolError where it is no depth estimator that we know."""
    import transformers

    kind = str(files.meta.get("class"))
    if files.format != "transformers" or kind not in CLASSES:
        raise ToolError(f"{files.name} is no depth estimator that we know how to run.", kind="model")
    model = getattr(transformers, kind).from_pretrained(
        files.path, use_safetensors=True, local_files_only=True
    )
    pixels = getattr(transformers, CLASSES[kind]).from_pretrained(files.path, local_files_only=True)
    return Estimator(model.eval().to(device), pixels)


def estimated(ctx: Context, name: str, picture: Image) -> Image:
    """The depth map of a picture by the add-on of this name."""
    files = ctx.addon(name)
    estimator = ctx.keep(f"{files.digest}:{ctx.device}", lambda: load(files, ctx.device))
    return estimator.nearness(picture)

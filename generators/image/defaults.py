"""What a picture is drawn with where nobody has said: each model's own steps, guidance, size and step cache. Torch-free.

A card says its own under `meta.defaults`, by the names of inputs. What it does not say follows from what the model is:
the pocket model's are measured (the row `painter` of the bench), a family's are those that diffusers gives its
pipeline, and the size is the one that the model was made for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generators.tool import ModelFacts

POCKET: Mapping[str, Any] = {"steps": 14, "step_cache": True}

# Steps and guidance in the signature of diffusers' pipeline. U-Nets have none of its 50 steps: 20 of a second-order
# sampler are as good (Lu et al. 2022).
BY_PIPELINE: Mapping[str, Mapping[str, Any]] = {
    "StableDiffusionPipeline": {"guidance": 7.5},
    "StableDiffusionXLPipeline": {"guidance": 5.0},
    "StableDiffusion3Pipeline": {"steps": 28, "guidance": 7.0},
    "LatentConsistencyModelPipeline": {"steps": 4, "guidance": 8.5},
    "FluxPipeline": {"steps": 28, "guidance": 3.5},
    "ChromaPipeline": {"steps": 35, "guidance": 5.0},
    "QwenImagePipeline": {"steps": 50, "guidance": 4.0},
    "ZImagePipeline": {"steps": 50, "guidance": 5.0},
    "SanaPipeline": {"steps": 20, "guidance": 4.5},
    "Lumina2Pipeline": {"steps": 30, "guidance": 4.0},
    "AuraFlowPipeline": {"steps": 50, "guidance": 3.5},
    "CogView4Pipeline": {"steps": 50, "guidance": 5.0},
    "FluxKontextPipeline": {"steps": 28, "guidance": 3.5},
    "QwenImageEditPipeline": {"steps": 50, "guidance": 4.0},
    "QwenImageEditPlusPipeline": {"steps": 50, "guidance": 4.0},
}


def of(model: ModelFacts) -> dict[str, Any]:
    """By names of inputs; a tool takes those that it has."""
    if model.format == "pocket":
        found = dict(POCKET)
    else:
        found = dict(BY_PIPELINE.get(str(model.meta.get("pipeline")), {}))
        native = model.meta.get("native")
        if isinstance(native, int) and 64 <= native <= 2048:
            found |= {"width": native - native % 8, "height": native - native % 8}
    said = model.meta.get("defaults")
    return found | (dict(said) if isinstance(said, Mapping) else {})

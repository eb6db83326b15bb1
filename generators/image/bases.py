"""What an image model is built on: an add-on (LoRA, ControlNet, IP-Adapter) fits models of its own base only. Torch-free.

A base is a short name, "" where the files do not tell. Told from the class of the pipeline and from the width of the
text states that its network attends to, which no fine-tuning changes.
"""

from __future__ import annotations

from collections.abc import Mapping

TITLES: Mapping[str, str] = {
    "sd1": "Stable Diffusion 1",
    "sd2": "Stable Diffusion 2",
    "sdxl": "SDXL",
    "sd3": "Stable Diffusion 3",
    "flux": "FLUX",
    "chroma": "Chroma",
    "qwen-image": "Qwen-Image",
    "z-image": "Z-Image",
    "sana": "Sana",
    "lumina2": "Lumina 2",
    "auraflow": "AuraFlow",
    "cogview4": "CogView 4",
    "pocket": "the studio's own small model",
}

BY_WIDTH: Mapping[int, str] = {768: "sd1", 1024: "sd2", 2048: "sdxl", 384: "pocket"}
"""Width of the text states of U-Nets: CLIP-L, OpenCLIP-H, both encoders of SDXL, MiniLM."""

_BY_PIPELINE: Mapping[str, str] = {
    "StableDiffusion3": "sd3",
    "Flux": "flux",
    "Chroma": "chroma",
    "QwenImage": "qwen-image",
    "ZImage": "z-image",
    "Sana": "sana",
    "Lumina2": "lumina2",
    "AuraFlow": "auraflow",
    "CogView4": "cogview4",
}


def of_pipeline(pipeline: str, text_width: int = 0) -> str:
    """The base of a pipeline's class; of those with a U-Net by the width of the text states."""
    for beginning, base in _BY_PIPELINE.items():
        if pipeline.startswith(beginning):
            return base
    return BY_WIDTH.get(text_width, "")


def title(base: str) -> str:
    """A base for people."""
    return TITLES.get(base, base)


def unlike(one: str, other: str) -> bool:
    """Whether two bases are known not to go together."""
    return bool(one and other) and one != other

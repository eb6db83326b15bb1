"""Tiny real models that change a picture as an instruction says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.generators.image.families import _clip_text, _clip_tokenizer, _codec, _unet, flux, qwen_image


def instruct_pix2pix(folder: Path) -> Path:
    """InstructPix2Pix: the picture's latents are four more channels of the U-Net."""
    from diffusers import EulerAncestralDiscreteScheduler, StableDiffusionInstructPix2PixPipeline

    StableDiffusionInstructPix2PixPipeline(
        vae=_codec(),
        text_encoder=_clip_text(),
        tokenizer=_clip_tokenizer(),
        unet=_unet(in_channels=8),
        scheduler=EulerAncestralDiscreteScheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(folder)
    return folder


def flux_kontext(folder: Path) -> Path:
    """FLUX Kontext: the parts of FLUX, with the picture's tokens beside those that are drawn."""
    from diffusers import FluxKontextPipeline, FluxPipeline

    parts = FluxPipeline.from_pretrained(flux(folder.with_name("parts"))).components
    FluxKontextPipeline(**parts).save_pretrained(folder)
    return folder


def qwen_image_edit(folder: Path) -> Path:
    """Qwen-Image-Edit: the parts of Qwen-Image, with the picture in the words and beside what is drawn."""
    from diffusers import QwenImageEditPipeline

    return _qwen_editor(folder, QwenImageEditPipeline)


def qwen_image_edit_plus(folder: Path) -> Path:
    """Its later kind (2509), which takes several pictures and is shown a smaller one beside the words."""
    from diffusers import QwenImageEditPlusPipeline

    return _qwen_editor(folder, QwenImageEditPlusPipeline)


def _qwen_editor(folder: Path, family: Any) -> Path:
    """The folder as people have it: its processor is transformers', written as its parts."""
    import json
    import shutil

    from diffusers import AutoencoderKLQwenImage, QwenImagePipeline
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    from generators.image import qwen_sight

    parts = QwenImagePipeline.from_pretrained(qwen_image(folder.with_name("parts"))).components
    # These pipelines show their network a megapixel of the picture, whatever its size: a codec that makes that little.
    parts["vae"] = AutoencoderKLQwenImage(
        base_dim=4,
        z_dim=4,
        dim_mult=[1, 1, 1, 1, 1, 1],
        num_res_blocks=0,
        temperal_downsample=[False] * 5,
        latents_mean=[0.0] * 4,
        latents_std=[1.0] * 4,
    )
    eyes = Qwen2VLImageProcessorPil(size={"shortest_edge": 56 * 56, "longest_edge": 112 * 112})
    seen = folder.with_name("seen")
    eyes.save_pretrained(seen)
    parts["tokenizer"].save_pretrained(seen)
    family(**parts, processor=qwen_sight.processor(seen)).save_pretrained(folder)
    shutil.rmtree(folder / "processor")
    seen.rename(folder / "processor")
    index = folder / "model_index.json"
    about = json.loads(index.read_text()) | {"processor": ["transformers", "Qwen2VLProcessor"]}
    index.write_text(json.dumps(about))
    return folder

"""Tiny real models that change a picture as an instruction says."""

from __future__ import annotations

from pathlib import Path

from tests.generators.image.families import _clip_text, _clip_tokenizer, _codec, _unet, flux


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

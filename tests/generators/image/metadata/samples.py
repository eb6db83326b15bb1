"""Texts as other tools write them, by their public formats, and pictures that hold them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin

A1111 = """a (red:1.2) fox, <lora:ink_style:0.7> in snow,
second line
Negative prompt: blurry, "odd"
two lines
Steps: 28, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 123456789, Size: 512x768, \
Model hash: 6ce0161689, Model: v1-5-pruned-emaonly, Denoising strength: 0.55, Clip skip: 2, \
Lora hashes: "ink_style: 1234, other: 99", Version: v1.10.1"""

COMFY: dict[str, Any] = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 18446744073709551615,
            "steps": 20,
            "cfg": 8.0,
            "sampler_name": "euler",
            "scheduler": "normal",
            "denoise": 1.0,
            "model": ["10", 0],
            "positive": ["6", 0],
            "negative": ["7", 0],
            "latent_image": ["5", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd/dream_8.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 640, "height": 448, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["11", 0], "clip": ["10", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "watermark", "clip": ["4", 1]}},
    "10": {
        "class_type": "LoraLoader",
        "inputs": {
            "lora_name": "ink.safetensors",
            "strength_model": 0.8,
            "strength_clip": 1,
            "model": ["4", 0],
            "clip": ["4", 1],
        },
    },
    "11": {"class_type": "PrimitiveNode", "inputs": {"value": "a lighthouse"}},
    "12": {"class_type": "FaceDetailer", "inputs": {"strength": 0.4, "image": ["3", 0]}},
}
FLUX: dict[str, Any] = {
    "1": {
        "class_type": "SamplerCustomAdvanced",
        "inputs": {
            "noise": ["2", 0],
            "guider": ["3", 0],
            "sampler": ["4", 0],
            "sigmas": ["5", 0],
            "latent_image": ["6", 0],
        },
    },
    "2": {"class_type": "RandomNoise", "inputs": {"noise_seed": 77}},
    "3": {"class_type": "BasicGuider", "inputs": {"model": ["7", 0], "conditioning": ["8", 0]}},
    "4": {"class_type": "KSamplerSelect", "inputs": {"sampler_name": "dpmpp_2m"}},
    "5": {
        "class_type": "BasicScheduler",
        "inputs": {"scheduler": "simple", "steps": 12, "denoise": 1, "model": ["7", 0]},
    },
    "6": {"class_type": "EmptySD3LatentImage", "inputs": {"width": 1024, "height": 768}},
    "7": {"class_type": "UNETLoader", "inputs": {"unet_name": "flux1-dev.safetensors"}},
    "8": {"class_type": "FluxGuidance", "inputs": {"guidance": 3.5, "conditioning": ["9", 0]}},
    "9": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fern", "clip": ["7", 0]}},
}
INVOKE = {
    "generation_mode": "txt2img",
    "positive_prompt": "a fern",
    "negative_prompt": "people",
    "width": 768,
    "height": 512,
    "seed": 5,
    "steps": 30,
    "cfg_scale": 7.5,
    "scheduler": "dpmpp_3m_k",
    "model": {"key": "k", "hash": "blake3:aa", "name": "Juggernaut XL", "base": "sdxl", "type": "main"},
    "loras": [{"model": {"name": "ink", "base": "sdxl"}, "weight": 0.75}],
    "seamless_x": True,
    "app_version": "5.6.0",
}
SWARM: dict[str, Any] = {
    "sui_image_params": {
        "prompt": "a fern",
        "negativeprompt": "people",
        "model": "OfficialStableDiffusion/sd_xl_base_1.0.safetensors",
        "seed": 9,
        "steps": 20,
        "cfgscale": 7.0,
        "width": 1024,
        "height": 1024,
        "sampler": "euler",
        "scheduler": "karras",
        "loras": ["ink"],
        "loraweights": ["0.5"],
        "refinerupscale": 1.5,
        "swarm_version": "0.9.5.0",
    },
    "sui_extra_data": {"date": "2025-01-01"},
}
FOOOCUS = {
    "prompt": "a fern",
    "negative_prompt": "people",
    "styles": "['Fooocus V2']",
    "performance": "Speed",
    "steps": 30,
    "resolution": "(1152, 896)",
    "guidance_scale": 4.0,
    "sharpness": 2.0,
    "base_model": "juggernautXL_v8Rundiffusion",
    "base_model_hash": "aeb7e9e689",
    "sampler": "dpmpp_2m_sde_gpu",
    "scheduler": "karras",
    "seed": "1234567890123456789",
    "loras": [["sd_xl_offset", 0.1, "ab"]],
    "version": "Fooocus v2.5.5",
}


def png(folder: Path, **texts: str) -> Path:
    info = PngImagePlugin.PngInfo()
    for name, words in texts.items():
        info.add_itxt(name, words)
    path = folder / "picture.png"
    Image.new("RGB", (8, 8), "red").save(path, pnginfo=info)
    return path


def with_exif(folder: Path, ending: str, tags: dict[int, object], inner: dict[int, object]) -> Path:
    exif = Image.Exif()
    exif.update(tags)
    exif.get_ifd(0x8769).update(inner)
    path = folder / f"picture.{ending}"
    Image.new("RGB", (8, 8), "red").save(path, exif=exif.tobytes())
    return path

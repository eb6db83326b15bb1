"""Diffusers pipelines from models of the catalogue: our pocket model's folder, or any folder that folders.py takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generators.context import ModelFiles
from generators.events import ToolError

NATIVE = 64  # pixels a side that the pocket model draws


@dataclass
class Drawer:
    """A loaded pipeline. guidance: how it takes guidance (see folders.PIPELINES). native: pixels a side it was made
    for. numbers: how many each part holds (see memory). previewer: draws its latents; None until it is asked for."""

    pipeline: Any
    guidance: str
    native: int
    pocket: bool
    numbers: Mapping[str, int] = field(default_factory=dict)
    previewer: Any = None

    def preview_of(self, latents: Any, width: int, height: int) -> Any:
        """A small PIL image of latents in the making, or None where this codec's latents cannot be drawn cheaply.

        A solver that keeps what it last took for the finished picture is asked for that: it is clear from the start.
        """
        from generators.image.previews import Previewer, picture

        guesses = [
            guess for guess in getattr(self.pipeline.scheduler, "model_outputs", ()) if guess is not None
        ]
        if guesses and guesses[-1].shape == latents.shape:
            latents = guesses[-1]
        if self.pocket:
            return picture(self.pipeline.vae.to_pixels(latents[:1].float())[0])

        if self.previewer is None:
            codec = self.pipeline.vae
            plain = hasattr(codec.config, "latent_channels")
            self.previewer = (
                Previewer.fitted(
                    codec, packed=not hasattr(self.pipeline, "unet"), device=self.pipeline._execution_device
                )
                if plain
                else False
            )
        return self.previewer.draw(latents, width, height) if self.previewer else None


def load(files: ModelFiles, device: str) -> Drawer:
    """Load a model for drawing. Raises ToolError, with the reason in words, where it may not or cannot be loaded."""
    import diffusers

    quieten()
    if files.format == "pocket":
        from generators.architectures.diffusion import load_components

        pipeline = diffusers.StableDiffusionPipeline(**load_components(files.path))
        return Drawer(pipeline.to(device), "guidance", NATIVE, pocket=True)
    if files.format != "diffusers":
        raise ToolError(f"{files.name} is of the format {files.format}, which cannot draw.", kind="model")
    return _folder(files.path, device)


def _folder(path: Path, device: str) -> Drawer:
    import diffusers
    import torch

    from generators.image import folders, memory
    from generators.lab.weights import Unfit

    try:
        folder = folders.read(path)
        parts = folders.numbers(folder)
    except Unfit as error:
        raise ToolError(str(error), kind="model") from error
    half = device != "cpu" or memory.half_on_cpu(parts, native=_computes_in_half())
    absent = {name: None for name in folders.SKIPPED if name not in folder.components}
    if folder.pipeline == "StableDiffusionPipeline":
        absent["safety_checker"] = None
    made: dict[str, Any] = {}
    if folder.components.get("processor") == ("transformers", "Qwen2VLProcessor"):
        from generators.image import qwen_sight

        made["processor"] = qwen_sight.processor(path / "processor")
    family = getattr(diffusers, folder.pipeline)
    accepted = set(family._get_signature_keys(family)[0]) | set(family._optional_components)
    pipeline = family.from_pretrained(
        path,
        torch_dtype=torch.bfloat16 if half else torch.float32,
        variant=folder.variant,
        use_safetensors=True,
        local_files_only=True,
        **made,
        **{name: value for name, value in absent.items() if name in accepted},
    )
    _place(pipeline, parts, device, folder.native**2)
    guidance = (folders.PIPELINES | folders.EDITORS)[folder.pipeline]
    return Drawer(pipeline, guidance, folder.native, pocket=False, numbers=parts)


def _computes_in_half() -> bool:
    """Whether this processor computes in bfloat16 by itself."""
    import torch

    return bool(torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported())


def _place(pipeline: Any, parts: dict[str, int], device: str, pixels: int) -> None:
    """Bring a pipeline to its device: on a GPU whole or part by part, as its free memory allows for so many pixels."""
    import torch

    from generators.image import memory

    if (
        hasattr(pipeline, "unet") and parts.get("unet", 0) > memory.SMALL
    ):  # of small ones each layer is quick anyway
        pipeline.unet.to(memory_format=torch.channels_last)
        pipeline.vae.to(memory_format=torch.channels_last)
    if not device.startswith("cuda"):
        pipeline.to(device)
        return
    free, _ = torch.cuda.mem_get_info(device)
    how, tiled = memory.placed(parts, free, pixels)
    _tile(pipeline, tiled)
    if how == "parts":
        pipeline.enable_model_cpu_offload(device=device)
    else:
        pipeline.to(device)


def make_room(drawer: Drawer, pixels: int) -> None:
    """On a GPU: let a loaded model take what it draws next, which may be larger than what it was loaded for. Its codec
    works tile by tile, or its parts come one by one, where the memory that is free by now asks for it."""
    import torch

    from generators.image import memory

    pipeline, device = drawer.pipeline, drawer.pipeline._execution_device
    if device.type != "cuda" or not drawer.numbers:
        return
    free, _ = torch.cuda.mem_get_info(device)
    kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(
        device
    )  # torch gives it out again
    here = [name for name in drawer.numbers if getattr(pipeline, name).device.type == "cuda"]
    weights = 2 * sum(drawer.numbers[name] for name in here)
    how, tiled = memory.placed(drawer.numbers, free + kept + weights, pixels)
    if how == "parts" and len(here) == len(drawer.numbers):
        pipeline.enable_model_cpu_offload(device=device)
    _tile(pipeline, tiled)


def _tile(pipeline: Any, tiled: bool) -> None:
    if hasattr(pipeline.vae, "enable_tiling"):
        (pipeline.vae.enable_tiling if tiled else pipeline.vae.disable_tiling)()


def arguments(drawer: Drawer, prompt: str, negative: str, guidance: float) -> dict[str, Any]:
    """How this pipeline is told what to draw: only arguments that it takes, under its own names."""
    import inspect

    takes = inspect.signature(type(drawer.pipeline).__call__).parameters
    told: dict[str, Any] = {"prompt": prompt}
    if drawer.guidance == "true":
        told |= {"true_cfg_scale": guidance, "negative_prompt": negative or " "}
    else:
        told["guidance_scale"] = guidance
        if negative and "negative_prompt" in takes:
            told["negative_prompt"] = negative
            if drawer.guidance == "distilled":
                told["true_cfg_scale"] = guidance
    return {name: value for name, value in told.items() if name in takes}


def quieten() -> None:
    """Libraries' progress bars and hints belong in no log of ours."""
    import diffusers
    import transformers

    diffusers.utils.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()

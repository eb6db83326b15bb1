"""Draws prompts with a pocket image model as image.generate does, many at a time and at its own 64 pixels."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from generators.architectures.diffusion import load_components
from generators.architectures.precision import in_bf16
from generators.image import pairs
from generators.image.pipelines import quieten
from generators.image.samplers import RECIPES
from generators.image.vocabulary import Vocabulary

BATCH, LARGE_BATCH = 16, 128  # pictures at a time on a processor, on a GPU
Bytes = NDArray[np.uint8]


class Painter:
    """weights: published ones, or a pipeline's parts. steps, guidance: the pipeline's. solver: a name of samplers.py for models that say the clean picture. alone: the network by itself, without the tool's help with two things.

    seconds: processor time of the drawing so far; pictures: how many were drawn in it.
    """

    def __init__(
        self,
        weights: Path | dict[str, Any],
        *,
        steps: int = 20,
        guidance: float = 3.0,
        solver: str = "dpm++",
        alone: bool = False,
        device: torch.device | str = "cpu",
    ) -> None:
        import diffusers

        quieten()
        parts = weights if isinstance(weights, dict) else load_components(weights)
        self.pipeline = diffusers.StableDiffusionPipeline(**parts).to(device)
        self.device = torch.device(device)
        self.together = BATCH if self.device.type == "cpu" else LARGE_BATCH
        kind, settings = RECIPES["clean"][solver]
        self.pipeline.scheduler = getattr(diffusers, kind).from_config(
            self.pipeline.scheduler.config, **settings
        )
        self.pipeline.set_progress_bar_config(disable=True)
        self.steps, self.guidance = steps, guidance
        self.names = None if alone or isinstance(weights, dict) else Vocabulary.of(weights).names
        self.seconds, self.pictures = 0.0, 0

    def draw(self, prompts: list[str], seed: int) -> Bytes:
        """(n, 64, 64, 3); each prompt has a seed of its own."""
        read = [pairs.read(prompt, self.names) if self.names else None for prompt in prompts]
        out = np.empty((len(prompts), 64, 64, 3), np.uint8)
        for apart in (False, True):
            rows = [row for row, asked in enumerate(read) if (asked is not None) is apart]
            for start in range(0, len(rows), self.together):
                some = rows[start : start + self.together]
                rngs = [torch.Generator().manual_seed(seed * 100_000 + row) for row in some]
                out[some] = (
                    self._apart([asked for row in some if (asked := read[row])], rngs)
                    if apart
                    else self._batch([prompts[row] for row in some], rngs)
                )
        return out

    def _apart(self, asked: list[pairs.Pair | pairs.Several], rngs: list[torch.Generator]) -> Bytes:
        """Each thing by itself, laid where it belongs, as the tool does; reduced to 64 pixels."""
        drawn: list[list[Image.Image]] = [[] for _ in asked]
        for turn in range(2):
            rows = [row for row, one in enumerate(asked) if len(one.alone) > turn]
            made = (
                self._batch([asked[row].alone[turn] for row in rows], [rngs[row] for row in rows])
                if rows
                else ()
            )
            for row, pixels in zip(rows, made, strict=True):
                drawn[row].append(Image.fromarray(pixels))
            self.pictures -= len(rows) if turn else 0  # two drawings are one picture
        both = [np.asarray(pairs.laid_out(one, some)) for one, some in zip(asked, drawn, strict=True)]
        large = np.stack(both).astype(np.float32)
        small: Bytes = large.reshape(len(asked), 64, 2, 64, 2, 3).mean((2, 4)).round().astype(np.uint8)
        return small

    def _batch(self, prompts: list[str], rngs: list[torch.Generator]) -> Bytes:
        began = time.process_time()
        with torch.no_grad(), in_bf16(self.device):
            made = self.pipeline(
                prompts,
                width=64,
                height=64,
                num_inference_steps=self.steps,
                guidance_scale=self.guidance,
                generator=rngs,
            )
        self.seconds += time.process_time() - began
        self.pictures += len(prompts)
        return np.stack([np.asarray(image.convert("RGB")) for image in made.images])

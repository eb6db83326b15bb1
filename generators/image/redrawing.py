"""Drawing that starts from a picture: all of it, a masked part, or as an instruction says.

The pipelines for it are built from the parts of the one that is loaded, so no weights are loaded twice. Strength is
SDEdit's (Meng et al. 2021): the share of the way back to noise from which a picture is drawn anew.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from generators.events import Progress, ToolError
from generators.image.folders import EDITORS
from generators.image.pipelines import Drawer

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor

# Pipeline → the one that starts from a picture, the one that fills a mask (None: filled by blending its latents).
SIBLINGS: dict[str, tuple[str, str | None]] = {
    "StableDiffusionPipeline": ("StableDiffusionImg2ImgPipeline", "StableDiffusionInpaintPipeline"),
    "StableDiffusionXLPipeline": ("StableDiffusionXLImg2ImgPipeline", "StableDiffusionXLInpaintPipeline"),
    "StableDiffusion3Pipeline": ("StableDiffusion3Img2ImgPipeline", "StableDiffusion3InpaintPipeline"),
    "LatentConsistencyModelPipeline": ("LatentConsistencyModelImg2ImgPipeline", None),
    "FluxPipeline": ("FluxImg2ImgPipeline", "FluxInpaintPipeline"),
    "ChromaPipeline": ("ChromaImg2ImgPipeline", "ChromaInpaintPipeline"),
    "QwenImagePipeline": ("QwenImageImg2ImgPipeline", "QwenImageInpaintPipeline"),
    "ZImagePipeline": ("ZImageImg2ImgPipeline", "ZImageInpaintPipeline"),
}

POCKET_SHIFT = 5.0
"""How much earlier on its way the pocket model starts: at 64 pixels little noise hides little (Esser et al. 2024)."""


def takes_instructions(drawer: Drawer) -> bool:
    """Whether the prompt says what to change ("make the car red"), not what the picture shows."""
    return type(drawer.pipeline).__name__ in EDITORS


def multiple_of(drawer: Drawer) -> int:
    """Sides of what it draws must be multiples of this: its patches, halved as often as its network does."""
    return 16 if drawer.native < 512 else 64


def sibling(drawer: Drawer, *, masked: bool) -> Drawer:
    """The drawer of the same parts that starts from a picture. ToolError where its family cannot."""
    import diffusers

    name = type(drawer.pipeline).__name__
    if name in EDITORS:
        return drawer
    if name not in SIBLINGS:
        raise ToolError(
            f"A model of the kind {name.removesuffix('Pipeline')} draws from words only; it cannot start from a"
            " picture. Choose another model, such as the built-in one.",
            kind="model",
        )
    whole, filling = SIBLINGS[name]
    family = getattr(diffusers, filling if masked and filling and not drawer.pocket else whole)
    parts = {**drawer.pipeline.config, **drawer.pipeline.components}
    takes = inspect.signature(family.__init__).parameters
    made = family(**{part: value for part, value in parts.items() if part in takes})
    return replace(drawer, pipeline=made)


def redraw(
    drawer: Drawer,
    told: dict[str, Any],
    picture: Image,
    *,
    mask: Image | None = None,
    strength: float,
    steps: int,
    seed: int,
    at_step: Callable[[Any, int], dict[str, Tensor]] | None = None,
) -> Generator[Progress, None, Image]:
    """Draw `picture` (RGB, sides multiples of `multiple_of`) anew; the value has its size.

    drawer: of `sibling`. told: its words and guidance. mask: white is drawn; outside it the result is near the picture,
    not the same. strength: above 0, up to 1; steps: of the whole way, of which strength's share is taken. A model that
    takes instructions goes the whole way, and strength sets how loosely it holds on to the picture where it can.
    at_step: see encode.Told; counted from the first step that is taken.
    """
    from generators.image.drawing import draw

    takes = inspect.signature(type(drawer.pipeline).__call__).parameters
    if drawer.pocket:  # it settles shapes in its first steps: see docs/models/pocket-image.md
        strength = POCKET_SHIFT * strength / (1 + (POCKET_SHIFT - 1) * strength)
    strength = min(1.0, max(strength, (1 + 1e-6) / steps))
    wanted = told | {
        "image": picture,
        "num_inference_steps": steps,
        "strength": strength,
        "mask_image": mask,
        "image_guidance_scale": 3 - 2 * strength,  # 1.5, InstructPix2Pix's own, at 0.75
        "max_area": picture.width * picture.height,
        "_auto_resize": False,
    }
    told = {name: value for name, value in wanted.items() if name in takes}
    blend = _blending(drawer, picture, mask, seed) if mask is not None and "mask_image" not in takes else None
    total = math.ceil(steps * strength - 1e-6) if "strength" in takes else steps
    made = yield from draw(
        drawer,
        told,
        width=picture.width,
        height=picture.height,
        seed=seed,
        total=total,
        after_step=blend,
        at_step=at_step,
    )
    yield Progress(total, total)
    return made if made.size == picture.size else made.resize(picture.size)


def _blending(drawer: Drawer, picture: Image, mask: Image, seed: int) -> Callable[[Tensor], Tensor] | None:
    """What keeps latents outside the mask on the picture's own path to clean (RePaint's known region, Lugmayr et al.
    2022, without resampling). None for a model that takes instructions: it sees the picture anyway."""
    if takes_instructions(drawer):
        return None
    import numpy as np
    import torch
    from torch.nn import functional as F

    codec, scheduler = drawer.pipeline.vae, drawer.pipeline.scheduler
    where = drawer.pipeline._execution_device  # a part that waits for its turn lies elsewhere until then
    pixels = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].to(where, codec.dtype) / 127.5 - 1
    rng = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        clean = codec.encode(pixels).latent_dist.mode() * codec.config.scaling_factor
    noise = torch.randn(clean.shape, generator=rng).to(clean)
    share = torch.from_numpy(np.array(mask, dtype=np.float32))[None, None] / 255
    free = (F.adaptive_max_pool2d(share, clean.shape[-2:]) > 0.05).to(clean)

    def blend(latents: Tensor) -> Tensor:
        known = scheduler.add_noise(clean, noise, scheduler.timesteps[-1:])  # at the step that comes next
        blended: Tensor = (free * latents + (1 - free) * known).to(latents.dtype)
        return blended

    return blend

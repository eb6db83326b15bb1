"""The noise that a picture starts from: that of a seed, and what lies between the noises of two seeds."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    from generators.image.pipelines import Drawer


def of_seed(drawer: Drawer, seed: int, width: int, height: int) -> Tensor:
    """What the drawer's pipeline takes as `latents` to draw what it draws from this seed, at this size in pixels."""
    import torch

    pipeline = drawer.pipeline
    network = getattr(pipeline, "unet", None) or pipeline.transformer
    codec = pipeline.vae.config
    channels = getattr(codec, "latent_channels", None) or codec.z_dim
    given: dict[str, Any] = {
        "batch_size": 1,
        "num_channels_latents": channels,
        "height": height,
        "width": width,
        "dtype": network.dtype,
        "device": pipeline._execution_device,
        "generator": torch.Generator("cpu").manual_seed(seed),
    }
    takes = inspect.signature(pipeline.prepare_latents).parameters
    made = pipeline.prepare_latents(**{name: value for name, value in given.items() if name in takes})
    latents: Tensor = made[0] if isinstance(made, tuple) else made  # packed latents come with their places
    if hasattr(pipeline, "unet"):  # these scale what they are given by the same number once more
        latents = latents / pipeline.scheduler.init_noise_sigma
    return latents


def between(one: Tensor, other: Tensor, share: float) -> Tensor:
    """`one` turned by `share` (0 to 1) of the angle towards `other`, on the sphere (slerp, Shoemake 1985).

    A straight mix would be shorter than noise is, and pictures drawn from it flat.
    """
    import torch

    a, b = one.float().flatten(), other.float().flatten()
    angle = torch.arccos(((a / a.norm()) @ (b / b.norm())).clamp(-1, 1))
    mixed = (torch.sin((1 - share) * angle) * a + torch.sin(share * angle) * b) / torch.sin(angle)
    return mixed.view_as(one).to(one.dtype)

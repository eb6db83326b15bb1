"""The noise that a picture starts from: that of a seed, alike in every precision and on every device, and what lies
between the noises of two seeds."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    from generators.image.pipelines import Drawer


@contextmanager
def alike(pipeline: Any) -> Iterator[None]:
    """While inside, the pipeline's noise is drawn in float32 on the processor and rounded to its precision.

    diffusers draws it in the precision of the network, and in bfloat16 a seed gives numbers that have nothing to do with
    those in float32: a GPU would draw another picture than a processor does. All of diffusers draws by one function, which
    each module knows by its own name: that of the modules concerned is another one meanwhile.
    """
    import torch
    from diffusers.utils.torch_utils import randn_tensor

    def drawn(
        shape: Any, generator: Any = None, device: Any = None, dtype: Any = None, layout: Any = None
    ) -> Tensor:
        made: Tensor = randn_tensor(shape, generator, torch.device("cpu"), torch.float32, layout)
        return made.to(device=device, dtype=dtype)

    kinds = [*type(pipeline).__mro__, *type(pipeline.scheduler).__mro__]
    names = {kind.__module__ for kind in kinds} | {"diffusers.models.autoencoders.vae"}
    with ExitStack() as back:
        for module in [vars(sys.modules[name]) for name in names if name in sys.modules]:
            if "randn_tensor" in module:
                back.callback(module.update, randn_tensor=module["randn_tensor"])
                module["randn_tensor"] = drawn
        yield


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
    with alike(pipeline):
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

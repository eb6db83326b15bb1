"""Frames of a picture in the making, cheap enough for every step.

A codec's decoder is far too slow to run at each step, but what a latent means is nearly linear: a plane fitted once
between latents and what the decoder makes of them shows colours and shapes at an eighth of the size.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor

PROBES = 6  # random latents to fit on; each has 16×16 places, so 1,536 equations for a few dozen unknowns


class Previewer:
    """Draws latents. `weights`: (channels + 1, 3), the last row is the constant."""

    def __init__(self, weights: Tensor, packed: bool) -> None:
        self.weights, self.packed = weights, packed

    @classmethod
    def fitted(cls, codec: Any, packed: bool, device: Any) -> Previewer:
        """Fit on what `codec` decodes of smooth random latents, on the device where it computes: one that comes to
        the GPU when it is its turn lies elsewhere until then. packed: latents come as rows of 2×2 patches."""
        import torch
        from torch.nn import functional as F

        channels = int(codec.config.latent_channels)
        rng = torch.Generator().manual_seed(0)
        coarse = torch.randn(PROBES, channels, 4, 4, generator=rng) * 1.5
        latents = F.interpolate(coarse, size=(16, 16), mode="bilinear")
        scale = float(getattr(codec.config, "scaling_factor", 1.0) or 1.0)
        shift = float(getattr(codec.config, "shift_factor", 0.0) or 0.0)
        with torch.no_grad():
            decoded = codec.decode((latents / scale + shift).to(device, codec.dtype), return_dict=False)[0]
        pixels = F.adaptive_avg_pool2d(decoded.float().cpu(), (16, 16))
        rows = latents.permute(0, 2, 3, 1).reshape(-1, channels)
        rows = torch.cat([rows, torch.ones(len(rows), 1)], dim=1)
        aims = pixels.permute(0, 2, 3, 1).reshape(-1, 3)
        return cls(torch.linalg.lstsq(rows, aims).solution, packed)

    def draw(self, latents: Tensor, width: int, height: int) -> Image | None:
        """The picture of one latent, scaled to at most 256 px; None for latents of an unknown shape."""
        from PIL import Image as Pictures

        latents = latents[:1].detach().float().cpu()
        if self.packed and latents.ndim == 3:
            latents = _unpacked(latents, width, height)
        if latents.ndim != 4 or latents.shape[1] + 1 != len(self.weights):
            return None
        pixels = latents[0].permute(1, 2, 0) @ self.weights[:-1] + self.weights[-1]
        share = 256 / max(width, height)
        size = (max(1, round(width * share)), max(1, round(height * share)))
        return picture(pixels.permute(2, 0, 1)).resize(size, Pictures.Resampling.BICUBIC)


def picture(pixels: Tensor) -> Image:
    """A PIL image of (3, height, width) in -1 to 1."""
    import torch
    from PIL import Image as Pictures

    pixels = ((pixels.detach().cpu().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
    return Pictures.fromarray(pixels.permute(1, 2, 0).contiguous().numpy())


def _unpacked(latents: Tensor, width: int, height: int) -> Tensor:
    """(1, places, channels·4) → (1, channels, rows, columns): how Flux and its kin pack 2×2 latents in a row."""
    places, packed = latents.shape[1], latents.shape[2]
    down = round((places * height / width) ** 0.5)
    across = places // max(down, 1)
    if down * across != places or packed % 4:
        return latents
    grid = latents.view(1, down, across, packed // 4, 2, 2).permute(0, 3, 1, 4, 2, 5)
    return grid.reshape(1, packed // 4, down * 2, across * 2)


class Pace:
    """Says when a frame is due: at most four a second, so that frames never cost more than steps."""

    def __init__(self, a_second: float = 4.0) -> None:
        self.gap, self.last = 1 / a_second, 0.0

    def due(self) -> bool:
        now = time.monotonic()
        if now - self.last < self.gap:
            return False
        self.last = now
        return True

"""Feature alignment: the middle of a denoiser is asked to say what a network that knows pictures sees in the clean one.

Yu et al. 2025, "Representation Alignment for Generation" (REPA), with EfficientNet-lite0 in the place of DINOv2. The
head that says it is trained beside the denoiser and never published.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generators.metrics import efficientnet

SIDE = 128  # pictures are enlarged to this: its features are then 4×4, as the middle of a U-Net of 16×16 codes is
WIDE = 320  # channels of EfficientNet-lite0's last blocks


class Head(nn.Module):
    """(batch, narrow, h, w) of the denoiser's middle → (batch, 320, h, w)."""

    def __init__(self, narrow: int) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(narrow, 2 * narrow, 1), nn.SiLU(), nn.Conv2d(2 * narrow, WIDE, 1))

    def forward(self, middle: Tensor) -> Tensor:
        return self.net(middle)  # type: ignore[no-any-return]


class Aligned:
    """Catches the middle of a denoiser while it answers (a context), then says how unlike it is.

    eyes: what knows pictures; `efficientnet.load()`.
    """

    def __init__(self, eyes: efficientnet.EfficientNetLite0) -> None:
        self.eyes = eyes.requires_grad_(False)
        self._caught: list[Tensor] = []
        self._hook: Any = None

    def watch(self, unet: Any) -> Aligned:
        """To be used as `with aligned.watch(unet):` around one call of it."""
        self._hook = unet.mid_block.register_forward_hook(lambda _m, _i, out: self._caught.append(out))
        return self

    def __enter__(self) -> None:
        self._caught.clear()

    def __exit__(self, *_: object) -> None:
        self._hook.remove()

    def unlike(self, head: nn.Module, pixels: Tensor) -> Tensor:
        """1 less the cosine between what the middle says through `head` and what is seen in `pixels` (batch, 3, h, w), -1 to 1."""
        said = head(self._caught[-1]).float()
        seen = F.adaptive_avg_pool2d(
            self.seen(pixels), said.shape[-2:]
        )  # the same places, where they are fewer
        return 1 - F.cosine_similarity(said, seen, dim=1).mean()

    @torch.no_grad()
    def seen(self, pixels: Tensor) -> Tensor:
        """(batch, 320, 4, 4): features of pictures."""
        large = F.interpolate(pixels, (SIDE, SIDE), mode="bicubic", antialias=True).clamp(-1, 1)
        return self.eyes.places(efficientnet.normal(large / 2 + 0.5)).float()

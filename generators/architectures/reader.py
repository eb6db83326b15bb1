"""Reads a caption once more for an image model that learns: which word is first, and which colour belongs to which thing.

A sentence encoder is trained for one vector a sentence, so its token states say little about order. Two transformer
layers over them, with places of their own, are trained together with the denoiser. They begin as nothing: their
answer is added to the states and is zero at first, so a denoiser that has learned from the plain states goes on from
where it stood. A caption is read once a picture, so this costs nothing a step.
"""

from __future__ import annotations

import torch
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from torch import Tensor, nn
from torch.nn import functional as F


class CaptionReader(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """(batch, tokens, size) token states, zero where there is no token → the same shape, zero there too."""

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(
        self, size: int = 384, tokens: int = 20, heads: int = 6, layers: int = 2, wide: int = 512
    ) -> None:
        super().__init__()
        self.place = nn.Parameter(torch.randn(tokens, size) * 0.1)
        self.blocks = nn.ModuleList(_Layer(size, heads, wide) for _ in range(layers))
        self.norm = nn.LayerNorm(size)
        self.out = nn.Linear(size, size)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, states: Tensor) -> Tensor:
        there = (states != 0).any(-1)
        seen = there.clone()
        seen[:, 0] = True  # attention over nothing would be no number
        read = states + self.place[: states.shape[1]].to(states.dtype)
        for layer in self.blocks:
            read = layer(read, seen)
        added: Tensor = self.out(self.norm(read)) * there[..., None]
        return states + added


class _Layer(nn.Module):
    """Attention and a small net, each on normalised states and added to them."""

    def __init__(self, size: int, heads: int, wide: int) -> None:
        super().__init__()
        self.heads = heads
        self.before, self.between = nn.LayerNorm(size), nn.LayerNorm(size)
        self.asks, self.gives = nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.net = nn.Sequential(nn.Linear(size, wide), nn.GELU(), nn.Linear(wide, size))

    def forward(self, states: Tensor, seen: Tensor) -> Tensor:
        b, n, size = states.shape
        query, key, value = (
            part.view(b, n, self.heads, size // self.heads).transpose(1, 2)
            for part in self.asks(self.before(states)).chunk(3, dim=-1)
        )
        found = F.scaled_dot_product_attention(query, key, value, attn_mask=seen[:, None, None, :])
        states = states + self.gives(found.transpose(1, 2).reshape(b, n, size))
        return states + self.net(self.between(states))  # type: ignore[no-any-return]

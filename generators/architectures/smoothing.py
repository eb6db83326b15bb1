"""Evens what a small model draws unevenly: grain, and the edges of its patches.

A bilateral filter (Tomasi and Manduchi 1998) makes each pixel the mean of those around it, of which the near ones and
those of a like colour count most; repeated, areas become even and edges stay (as mean shift does, Comaniciu and Meer 2002).
"""

from __future__ import annotations

from itertools import product

import torch
from torch import Tensor
from torch.nn import functional as F

REACH = 3  # pixels to each side
NEAR = 2.0  # pixels at which a neighbour counts 0.6
ROUNDS = 3


def smoothed(pixels: Tensor, alike: float) -> Tensor:
    """(batch, 3, height, width) in -1 to 1 → the same, smoothed. alike: how far a colour may be, in the same unit, to
    count 0.6; 0 changes nothing. Twenty milliseconds for 64×64 pixels on one core."""
    if not alike:
        return pixels
    out = pixels.float().clamp(-1, 1)
    height, width = out.shape[-2:]
    for _ in range(ROUNDS):
        padded = F.pad(out, (REACH,) * 4, mode="replicate")
        total, counts = torch.zeros_like(out), torch.zeros_like(out[:, :1])
        for down, right in product(range(2 * REACH + 1), repeat=2):
            far = ((down - REACH) ** 2 + (right - REACH) ** 2) / (2 * NEAR**2)
            other = padded[..., down : down + height, right : right + width]
            unlike = (other - out).square().sum(1, keepdim=True)
            count = unlike.mul_(-0.5 / alike**2).sub_(far).exp_()
            total.addcmul_(other, count)
            counts += count
        out = total / counts
    return out.to(pixels.dtype)

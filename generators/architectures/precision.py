"""Which numbers a processor multiplies fast."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


@functools.cache
def fast_bf16() -> bool:
    """Whether this processor multiplies bfloat16 itself (avx512_bf16 or AMX): then it is twice as fast as float32.

    Where it is emulated it is far slower: 0.9 for 65 GFLOPS were measured on a processor with AVX2 only.
    """
    import torch

    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def in_bf16(device: torch.device | str, *, wanted: bool = True) -> torch.autocast:
    """A context that multiplies in bfloat16 where it is wanted and the device does that itself, as GPUs do."""
    import torch

    kind = torch.device(device).type
    return torch.autocast(kind, torch.bfloat16, enabled=wanted and (kind != "cpu" or fast_bf16()))

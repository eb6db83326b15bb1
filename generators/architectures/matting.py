"""Matting: which part of a picture is the thing, and how much of each pixel. A small U-Net; one file, top to bottom.

The net looks at 128×128 pixels and answers alpha there; a guided filter (He, Sun and Tang 2010) then fits that answer
to the picture's own edges at full size, so hair and corners come from the picture and not from the net.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F

from generators.training.recipe import Recipe

SIDE = 128  # pixels a side that the net looks at
WIDTHS = (16, 32, 64, 96)
FILE = "matting.safetensors"


def _stage(narrow: int, wide: int, *, first: int = 3, stride: int = 1) -> nn.Sequential:
    """Two convolutions, of which `first` is the first one's kernel."""
    return nn.Sequential(
        nn.Conv2d(narrow, wide, first, stride, first // 2, bias=False),
        nn.GroupNorm(8, wide),
        nn.ReLU(),
        nn.Conv2d(wide, wide, 3, 1, 1, bias=False),
        nn.GroupNorm(8, wide),
        nn.ReLU(),
    )


class Matting(nn.Module):
    """(batch, 3, side, side) in -1 to 1 → logits of alpha, (batch, 1, side, side). side: a multiple of 16."""

    def __init__(self, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        chain = (3, *widths)
        self.down = nn.ModuleList(_stage(a, b, stride=2) for a, b in zip(chain, widths, strict=False))
        self.whole = nn.Linear(widths[-1], widths[-1])  # what the picture is as a whole, told to every place
        back = zip(reversed(widths[:-1]), reversed(widths[1:]), strict=True)
        self.up = nn.ModuleList(_stage(b + a, a, first=1) for a, b in back)
        # At full size every channel costs as much as four below: few are kept.
        self.few = nn.Conv2d(widths[0], 4, 1)
        self.last = nn.Sequential(nn.Conv2d(4 + 3, 8, 3, 1, 1), nn.ReLU(), nn.Conv2d(8, 1, 3, 1, 1))

    def forward(self, pixels: Tensor) -> Tensor:
        seen, x = [], pixels
        for stage in self.down:
            x = stage(x)
            seen.append(x)
        x = x + self.whole(x.mean((2, 3)))[..., None, None]
        for stage, skipped in zip(self.up, reversed(seen[:-1]), strict=True):
            x = stage(torch.cat([F.interpolate(x, scale_factor=2.0), skipped], dim=1))
        x = F.interpolate(self.few(x), scale_factor=2.0, mode="bilinear", align_corners=False)
        return self.last(torch.cat([x, pixels], dim=1))  # type: ignore[no-any-return]


def load(folder: Path) -> Matting:
    """The net of a published model."""
    model = Matting()
    model.load_state_dict({name: value.float() for name, value in load_file(folder / FILE).items()})
    return model.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


@torch.no_grad()
def alpha_of(model: Matting, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(height, width, 3) bytes of any size → alpha (height, width), 0 for ground to 255 for the thing."""
    small = np.asarray(Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BOX))
    pixels = torch.tensor(small).permute(2, 0, 1)[None].float() / 127.5 - 1
    return fitted(torch.sigmoid(model(pixels))[0, 0].numpy(), picture, small)


@torch.no_grad()
def fitted(
    rough: NDArray[np.float32], picture: NDArray[np.uint8], small: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """A net's rough alpha (side, side), 0 to 1, fitted to the edges of the picture that it saw as `small` (side, side, 3)."""
    height, width = picture.shape[:2]
    large, seen = (torch.tensor(one).permute(2, 0, 1)[None].float() / 255 for one in (picture, small))
    fine = _guided(torch.tensor(rough)[None, None], large, seen)
    made: NDArray[np.uint8] = (fine.view(height, width) * 255).round().to(torch.uint8).numpy()
    return made


def _guided(rough: Tensor, picture: Tensor, small: Tensor, radius: int = 2, floor: float = 1e-4) -> Tensor:
    """Alpha at the picture's size: in each neighbourhood alpha is a linear function of the picture's grey, learned
    from the small pair (the fast variant, He and Sun 2015) and applied to the large one."""
    size = (picture.shape[-2], picture.shape[-1])
    grey, small_grey = picture.mean(1, keepdim=True), small.mean(1, keepdim=True)

    def around(x: Tensor) -> Tensor:
        return F.avg_pool2d(F.pad(x, [radius] * 4, mode="replicate"), 2 * radius + 1, stride=1)

    mean, middle = around(small_grey), around(rough)
    slope = (around(small_grey * rough) - mean * middle) / (around(small_grey**2) - mean**2 + floor)
    lines = torch.cat([around(slope), around(middle - slope * mean)], dim=1)
    slope, level = F.interpolate(lines, size=size, mode="bilinear", align_corners=False).chunk(2, dim=1)
    return (slope * grey + level).clamp(0, 1)


class MattingObjective:
    """Alpha of composed scenes, which is known. See `generators.training.loop.Objective`."""

    def __init__(self, network: Matting, mattes: Any) -> None:
        self.device = torch.device("cpu")
        self.network: nn.Module = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.mattes = mattes

    def loss(self, network: nn.Module, batch: int, rng: torch.Generator, done: float = 1.0) -> Tensor:
        """Absolute error of alpha and of its steps between neighbours, and cross entropy."""
        seeds = torch.randint(2**40, (batch,), generator=rng).tolist()
        pixels, alpha = as_tensors(*self.mattes.batch(seeds))
        scores = network(pixels).float()
        made = torch.sigmoid(scores)
        steps = sum(((made - alpha).diff(dim=dim)).abs().mean() for dim in (2, 3))
        return (made - alpha).abs().mean() + steps + 0.5 * F.binary_cross_entropy_with_logits(scores, alpha)

    @torch.no_grad()
    def validate(self, network: nn.Module) -> dict[str, float]:
        """Mean squared error and overlap on 128 scenes of drawings that are never trained on, at the net's size."""
        pictures, mattes = self.mattes.batch(range(128), held_out=True)
        error = overlap = 0.0
        for start in range(0, 128, 32):
            pixels, alpha = as_tensors(pictures[start : start + 32], mattes[start : start + 32])
            made = torch.sigmoid(network(pixels))
            error += F.mse_loss(made, alpha).item() / 4
            both = ((made > 0.5) & (alpha > 0.5)).sum((1, 2, 3))
            either = ((made > 0.5) | (alpha > 0.5)).sum((1, 2, 3)).clamp_min(1)
            overlap += (both / either).mean().item() / 4
        return {"validation_error": error, "validation_overlap": overlap}

    def publish(self, network: nn.Module, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        half = {name: value.half().contiguous() for name, value in network.state_dict().items()}
        save_file(half, folder / FILE)


def as_tensors(pictures: NDArray[np.uint8], mattes: NDArray[np.uint8]) -> tuple[Tensor, Tensor]:
    """(n, side, side, 3) and (n, side, side) bytes → pixels in -1 to 1 and alpha in 0 to 1, channels first."""
    pixels = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1
    alpha = torch.from_numpy(mattes)[:, None].float() / 255
    return pixels.contiguous(memory_format=torch.channels_last), alpha


def objective(recipe: Recipe, data: Path, start: Path | None) -> MattingObjective:
    """The objective of a recipe on a data folder (sprites/), from scratch or from published weights."""
    from generators.training.data.mattes import Mattes

    torch.manual_seed(recipe.seed)
    return MattingObjective(Matting() if start is None else load(start), Mattes.open(data / "sprites", SIDE))

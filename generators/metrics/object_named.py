"""Which concept a picture shows, told by a small classifier that has only ever seen composed scenes.

It is trained apart from the model that it judges: one object a scene, every colour, ground and style. Its own error on
scenes that it has not seen is told beside every figure.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F

from generators.architectures.precision import in_bf16


class Classifier(nn.Module):
    """(batch, 3, 64, 64) in -1 to 1 → a score for each concept. 1.4 M parameters."""

    def __init__(self, concepts: int) -> None:
        super().__init__()
        widths = (32, 64, 128, 256)
        self.stem = nn.Conv2d(3, widths[0], 5, stride=2, padding=2)
        self.stages = nn.Sequential(
            *(
                nn.Sequential(
                    nn.Conv2d(narrow, wide, 3, stride=2, padding=1, bias=False),
                    nn.BatchNorm2d(wide),
                    nn.ReLU(),
                    nn.Conv2d(wide, wide, 3, padding=1, bias=False),
                    nn.BatchNorm2d(wide),
                    nn.ReLU(),
                )
                for narrow, wide in pairwise(widths)
            )
        )
        self.head = nn.Linear(widths[-1] * 2, concepts)

    def forward(self, pixels: Tensor) -> Tensor:
        features = self.stages(self.stem(pixels))
        pooled = torch.cat([features.mean((2, 3)), features.amax((2, 3))], dim=1)
        return self.head(F.dropout(pooled, 0.2, self.training))  # type: ignore[no-any-return]


def as_pixels(pictures: NDArray[np.uint8]) -> Tensor:
    """(n, 64, 64, 3) bytes → what the classifier takes."""
    return torch.tensor(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1


def train(
    pictures: NDArray[np.uint8],
    labels: list[int],
    concepts: int,
    *,
    passes: int = 5,
    batch: int = 128,
    seed: int = 0,
) -> Classifier:
    """Train on scenes of one object each."""
    torch.manual_seed(seed)
    model = Classifier(concepts).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    total = passes * (len(labels) // batch)
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=total)
    targets = torch.tensor(labels)
    for _ in range(passes):
        order = torch.randperm(len(labels))
        for start in range(0, len(labels) - batch + 1, batch):
            picks = order[start : start + batch]
            pixels = as_pixels(pictures[picks.numpy()]).contiguous(memory_format=torch.channels_last)
            with in_bf16("cpu"):
                scores = model(pixels)
            loss = F.cross_entropy(scores.float(), targets[picks], label_smoothing=0.05)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    return model.eval()  # type: ignore[no-any-return]


@torch.no_grad()
def named(model: Classifier, pictures: NDArray[np.uint8], top: int = 1) -> list[list[int]]:
    """The `top` likeliest concepts of each picture."""
    scores = torch.cat([model(as_pixels(pictures[k : k + 128])) for k in range(0, len(pictures), 128)])
    rows: list[list[int]] = scores.topk(top).indices.tolist()
    return rows


def save(model: Classifier, file: Path) -> None:
    """As safetensors."""
    save_file({name: value.contiguous() for name, value in model.state_dict().items()}, file)


def load(file: Path, concepts: int) -> Classifier:
    """What `save` wrote."""
    model = Classifier(concepts)
    model.load_state_dict(load_file(file))
    return model.eval()

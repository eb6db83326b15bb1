"""Figures of a matting net: `python -m generators.training.evaluate_matting WEIGHTS --data DIR [--count N]`.

Pictures of 128 px, drawn as for training but of concepts that training never shows; beside the net stand two ways that
need none: how far a pixel's colour is from the border's middle colour, and from the nearest of eight border colours.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from generators.architectures import matting
from generators.metrics import matte
from generators.training.data.mattes import Mattes

FIRST = 10_000  # the validation of training uses the seeds from 0
NEAR, FAR = 25.0, 75.0  # distances in RGB between which alpha rises from 0 to 1
MEASURES = {"sad": matte.sad, "mse": matte.mse, "gradient": matte.gradient, "overlap": matte.overlap}

Bytes = NDArray[np.uint8]
Way = Callable[[Bytes], Bytes]


def by_border(picture: Bytes, colours: int = 1) -> Bytes:
    """Alpha by the distance to the nearest of some colours of the border: its median, or the middles of k-means."""
    edge = np.concatenate(
        [
            picture[:2].reshape(-1, 3),
            picture[-2:].reshape(-1, 3),
            picture[:, :2].reshape(-1, 3),
            picture[:, -2:].reshape(-1, 3),
        ]
    )
    middles = np.median(edge, axis=0, keepdims=True)
    if colours > 1:
        edge = edge.astype(np.float64)
        middles = edge[np.linspace(0, len(edge) - 1, colours).astype(int)]
        for _ in range(10):
            nearest = ((edge[:, None] - middles) ** 2).sum(-1).argmin(1)
            middles = np.stack(
                [edge[nearest == k].mean(0) if (nearest == k).any() else middles[k] for k in range(colours)]
            )
    far = np.sqrt(((picture[:, :, None].astype(np.float64) - middles) ** 2).sum(-1)).min(-1)
    alpha: Bytes = (np.clip((far - NEAR) / (FAR - NEAR), 0, 1) * 255).round().astype(np.uint8)
    return alpha


def figures(weights: Path, data: Path, count: int = 200) -> dict[str, dict[str, float]]:
    """Means over `count` pictures for each way, by name; seconds: processor time a picture."""
    net = matting.load(weights)
    ways: dict[str, Way] = {
        "net": lambda picture: matting.alpha_of(net, picture),
        "border colour": by_border,
        "eight border colours": lambda picture: by_border(picture, 8),
    }
    pictures, mattes = Mattes.open(data / "sprites", matting.SIDE).batch(
        range(FIRST, FIRST + count), held_out=True
    )
    told: dict[str, dict[str, float]] = {}
    for name, way in ways.items():
        began = time.process_time()
        made = [way(picture) for picture in pictures]
        seconds = (time.process_time() - began) / count
        told[name] = {
            measure: round(float(np.mean([of(one, true) for one, true in zip(made, mattes, strict=True)])), 4)
            for measure, of in MEASURES.items()
        }
        told[name]["seconds"] = round(seconds, 4)
    return told


def main(argv: list[str]) -> int:
    """The command. Returns its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m generators.training.evaluate_matting", description=__doc__
    )
    parser.add_argument("weights", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--count", type=int, default=200)
    args = parser.parse_args(argv)
    torch.set_num_threads(1)
    sys.stdout.write(json.dumps(figures(args.weights, args.data, args.count), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

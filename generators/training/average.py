"""The mean of two published pocket image models: `python -m generators.training.average ONE OTHER OUT [--share 0.5]`.

A short further run learns what is new and loses some of what was known; half-way between both much of both is kept
(Wortsman et al. 2022, "Robust fine-tuning of zero-shot models"). ONE may lack the caption reader of OTHER.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

from generators.architectures import diffusion


def average(one: Path, other: Path, out: Path, share: float = 0.5) -> None:
    """Write (1 - share)·one + share·other; both have the codec of `one`. A missing reader counts as one that says
    nothing, so of the other's `share` of its answer is kept."""
    unet, second = diffusion.load_unet(one), diffusion.load_unet(other)
    with torch.no_grad():
        for kept, added in zip(unet.parameters(), second.parameters(), strict=True):
            kept.lerp_(added, share)
        first, reader = diffusion.load_reader(one), diffusion.load_reader(other)
        if reader is not None and first is None:
            reader.out.weight.mul_(share)
            reader.out.bias.mul_(share)
        elif reader is not None and first is not None:
            for kept, added in zip(reader.parameters(), first.parameters(), strict=True):
                kept.lerp_(added, 1 - share)
    network = diffusion.ReadingDenoiser(unet, reader if reader is not None else first)
    diffusion.save_model(out, network, diffusion.load_codec(one))


def main(argv: list[str]) -> int:
    """The command. Returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m generators.training.average", description=__doc__)
    for name in ("one", "other", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="of the other, 0 to 1")
    args = parser.parse_args(argv)
    average(args.one, args.other, args.out, args.share)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

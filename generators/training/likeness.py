"""How near a pocket image model's pictures are to real scenes, by solver and steps:
`python -m generators.training.likeness WEIGHTS --data DIR [--pictures N]`.

FD and KID by efficientnet-lite0's features; FD on the 64 directions in which the real ones vary most, beside the
distance of real from real, the noise floor. DIR is a data folder of the recipe. Times are of the processor, one thread.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from generators.metrics import efficientnet, frechet, kernel_distance, nearest
from generators.training.data.cache import Scenes
from generators.training.painter import Painter

SOLVERS = (("dpm++", 28), ("dpm++", 16), ("dpm++", 8), ("dpm++", 4), ("unipc", 8), ("unipc", 4))
SEED = 11
Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]


class Likeness:
    """Compares with `count` validation scenes, and the floor with `count` others. Raises ValueError where there are
    too few."""

    def __init__(self, data: Path, count: int) -> None:
        held = Scenes.open(data / "validation")
        if len(held.rows) < 2 * count:
            raise ValueError(f"{2 * count} validation scenes are needed, and {len(held.rows)} are there.")
        self.captions = [row["caption"] for row in held.rows[:count]]
        self.data, self.count = data, count
        self.fresh = np.asarray(held.pictures[count : 2 * count])
        self.model = efficientnet.load()
        self.truth, self.other = (
            efficientnet.features(self.model, np.asarray(some))
            for some in (held.pictures[:count], self.fresh)
        )
        self.mean, self.axes = frechet.directions(np.concatenate([self.truth, self.other]))

    def floor(self) -> dict[str, float]:
        """What real scenes have among themselves."""
        return {name + "_floor": value for name, value in self._apart(self.truth).items()}

    def of(self, made: Bytes) -> dict[str, float]:
        """fd and kid of pictures of `captions`."""
        return self._apart(efficientnet.features(self.model, made))

    def repeats(self, made: Bytes) -> dict[str, float]:
        """Median distance to the nearest training picture (root mean square of 16×16 pixels, 0 to 1), of what was made
        and of real scenes that were not trained on."""
        training = nearest.as_rows(np.asarray(Scenes.open(self.data / "train").pictures))
        return {
            name: round(float(np.median(nearest.distances(nearest.as_rows(some), training))), 4)
            for name, some in (("nearest_made", made), ("nearest_real", self.fresh))
        }

    def _apart(self, seen: Floats) -> dict[str, float]:
        near, far = ((features - self.mean) @ self.axes for features in (seen, self.other))
        return {
            "fd": round(frechet.distance(near, far), 2),
            "kid": round(kernel_distance.distance(seen, self.other), 4),
        }


def main(argv: list[str]) -> int:
    """The command. Returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m generators.training.likeness", description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pictures", type=int, default=96)
    args = parser.parse_args(argv)
    torch.set_num_threads(1)
    likeness = Likeness(args.data, args.pictures)
    _tell({"pictures": args.pictures, **likeness.floor()})
    for solver, steps in SOLVERS:
        painter = Painter(args.weights, steps=steps, solver=solver)
        made = painter.draw(likeness.captions, SEED)
        seconds = round(painter.seconds / painter.pictures, 3)
        _tell({"solver": solver, "steps": steps, **likeness.of(made), "seconds": seconds})
    return 0


def _tell(row: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

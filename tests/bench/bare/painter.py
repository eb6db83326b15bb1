"""Pictures of the built-in model at its own size, together or one by one, in one process on one thread."""

from __future__ import annotations

import time
from typing import Any

from tests.bench.bare.process import serve
from tests.stack import ROOT

PROMPTS = (
    "a cat",
    "a red guitar",
    "a house on the grass",
    "three strawberries",
    "a lion",
    "a sailboat by the sea",
    "a blue castle",
    "an owl at night",
)


def main() -> None:
    import numpy as np
    import torch

    from generators.metrics.ssim import ssim
    from generators.training.painter import Painter

    torch.set_num_threads(1)
    painter = Painter(ROOT / "generators" / "weights" / "pocket-image")
    kept: dict[int, Any] = {}

    def measure(steps: int, together: bool = True, like: int = 0) -> dict[str, Any]:
        """Seconds for the eight pictures; ssim: the mean likeness to those of `like` steps, asked for before."""
        painter.steps = steps
        began = time.perf_counter()
        if together:
            made = painter.draw(list(PROMPTS), 1)
        else:
            made = np.concatenate([painter.draw([prompt], 1) for prompt in PROMPTS])
        took = time.perf_counter() - began
        kept[steps] = made
        pairs = zip(made, kept[like], strict=True) if like in kept else ()
        likeness = [ssim(one, other) for one, other in pairs]
        return {"seconds": took, "ssim": sum(likeness) / len(likeness) if likeness else 0.0}

    serve(measure)


if __name__ == "__main__":
    main()

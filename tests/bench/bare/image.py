"""The bare baseline of pipeline.py: the diffusers pipeline of the same model, called and its picture saved."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from generators.context import ModelFiles
from tests.bench.bare.process import serve
from tests.stack import ROOT


def main() -> None:
    import torch

    from generators.image import pipelines

    torch.set_num_threads(1)  # as the tool does with this model
    folder = ROOT / "generators" / "weights" / "pocket-image"
    files = ModelFiles("pocket-image", "", folder, "pocket", "text-to-image")
    pipeline = pipelines.load(files, "cpu").pipeline
    pipeline.set_progress_bar_config(disable=True)
    place = Path(tempfile.mkdtemp(prefix="bare-")) / "picture.png"

    def measure(prompt: str, steps: int, guidance: float, seed: int) -> dict[str, Any]:
        began = time.perf_counter()
        with torch.no_grad():
            made = pipeline(
                prompt=prompt,
                guidance_scale=guidance,
                num_inference_steps=steps,
                width=pipelines.NATIVE,
                height=pipelines.NATIVE,
                generator=torch.Generator("cpu").manual_seed(seed),
            )
        made.images[0].convert("RGB").save(place)
        return {"seconds": time.perf_counter() - began}

    serve(measure)


if __name__ == "__main__":
    main()

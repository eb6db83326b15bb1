"""The built-in image model in one process on one thread: as the tool draws by default, and its bare pipeline in float32."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.bare.process import serve
from tests.stack import ROOT

WEIGHTS = ROOT / "generators" / "weights" / "pocket-image"
PROMPTS = (
    "a cat",
    "a red guitar",
    "a house on the grass",
    "a strawberry",
    "a lion",
    "a sailboat by the sea",
    "a blue castle",
    "an owl at night",
)


class Kept:
    """What a child keeps between jobs."""

    def __init__(self) -> None:
        self.held: dict[str, Any] = {}

    def get(self, key: str, load: Any) -> Any:
        if key not in self.held:
            self.held[key] = load()
        return self.held[key]


class Studio:
    """Pictures through the tool, as the studio asks for them, at the model's own size."""

    def __init__(self) -> None:
        from generators.context import ModelFiles
        from generators.image import defaults
        from generators.tool import ModelFacts

        self.files = ModelFiles("pocket-image", "pocket", WEIGHTS, "pocket", "text-to-image")
        self.own = defaults.of(ModelFacts("pocket-image", "pocket", "text-to-image", "pocket"))
        self.shelf = Kept()

    def one(self, prompt: str, seed: int, steps: int = 0) -> Any:
        """steps: instead of all that the model has for its defaults."""
        import numpy as np
        from PIL import Image

        from generators.context import Context
        from generators.events import NewAsset
        from generators.image.generate import GenerateInputs, generate

        said = {"steps": steps} if steps else self.own
        inputs = GenerateInputs(prompt=prompt, width=64, height=64, seed=seed, **said)
        with tempfile.TemporaryDirectory() as folder:
            context = Context(seed, Path(folder), model_files=self.files, shelf=self.shelf)
            made = [event for event in generate.run(context, inputs) if isinstance(event, NewAsset)]
            with Image.open(made[0].path) as picture:
                return np.asarray(picture.convert("RGB"))


class Plain:
    """The diffusers pipeline in float32, its settings those of the folder."""

    def __init__(self) -> None:
        from diffusers import StableDiffusionPipeline

        from generators.architectures.diffusion import load_components
        from generators.image.pipelines import Drawer

        self.pipeline = StableDiffusionPipeline(**load_components(WEIGHTS))
        self.pipeline.set_progress_bar_config(disable=True)
        self.drawer = Drawer(self.pipeline, "guidance", 64, pocket=True)

    def many(self, prompts: list[str], seeds: list[int], steps: int, *, reuse: bool = False) -> list[Any]:
        import numpy as np
        import torch

        from generators.image.step_cache import reusing

        with torch.no_grad(), reusing(self.drawer, reuse):
            made = self.pipeline(
                prompts,
                width=64,
                height=64,
                num_inference_steps=steps,
                guidance_scale=3.0,
                generator=[torch.Generator().manual_seed(seed) for seed in seeds],
            )
        return [np.asarray(image.convert("RGB")) for image in made.images]


def main() -> None:
    import numpy as np
    import torch

    from generators.image.pipelines import quieten
    from generators.image.samplers import sampling
    from generators.metrics.ssim import ssim

    torch.set_num_threads(1)
    quieten()
    studio, plain = Studio(), Plain()
    kept: dict[str, list[Any]] = {}

    def pictures(how: str, steps: int, together: int) -> list[Any]:
        """how: "studio" (steps 0: its defaults), or "plain"; "default": the pipeline with those defaults."""
        if how == "studio":
            return [studio.one(prompt, seed, steps) for seed, prompt in enumerate(PROMPTS)]
        own = {"steps": int(studio.own["steps"]), "reuse": bool(studio.own["step_cache"])}
        settings: dict[str, Any] = own if how == "default" else {"steps": steps}
        made: list[Any] = []
        for start in range(0, len(PROMPTS), together):
            seeds = list(range(len(PROMPTS)))[start : start + together]
            made += plain.many([PROMPTS[seed] for seed in seeds], seeds, **settings)
        return made

    def measure(
        how: str, steps: int = 0, together: int = 1, like: str = "", distances: int = 0
    ) -> dict[str, Any]:
        """Seconds for the eight pictures; ssim of each to those of `like`, drawn before. distances: see `apart`."""
        if distances:
            return apart(distances, steps)
        began = time.perf_counter()
        made = pictures(how, steps, together)
        took = time.perf_counter() - began
        kept[f"{how}-{steps}"] = made
        pairs = zip(made, kept[like], strict=True) if like else ()
        return {"seconds": took, "ssim": [ssim(one, other) for one, other in pairs]}

    def apart(count: int, few: int, full: int = 28) -> dict[str, Any]:
        """Fréchet distances of `count` pictures in few steps, and in all, from as many others in all."""
        from generators.metrics import efficientnet, frechet

        prompts = [PROMPTS[n % len(PROMPTS)] for n in range(count)]

        def drawn(steps: int, first: int) -> Any:
            made: list[Any] = []
            for start in range(0, count, 8):
                seeds = [first + n for n in range(start, min(start + 8, count))]
                made += plain.many(prompts[start : start + len(seeds)], seeds, steps)
            return efficientnet.features(efficientnet.load(), np.stack(made))

        with sampling(plain.drawer, "default", few):
            short = drawn(few, 1000)
        long, others = drawn(full, 1000), drawn(full, 9000)
        mean, axes = frechet.directions(np.concatenate([long, others]), 24)
        few_apart, full_apart = (
            frechet.distance((some - mean) @ axes, (others - mean) @ axes) for some in (short, long)
        )
        return {"few": few_apart, "full": full_apart}

    serve(measure)


if __name__ == "__main__":
    main()

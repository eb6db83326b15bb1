"""How far a pocket image model leaves a picture that it starts from: `python -m generators.training.from_picture WEIGHTS
--data DIR [--pictures N] [--steps N]`.

By the share of the way back to noise: the distance from the source, and how often the prompt is then seen, which names
the same thing, the thing in another colour, or another thing. Sources are composed scenes of one core thing each, whose
thing the judge names rightly; the first such in the order of their seeds, none twice. DIR is a data folder of the recipe.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from generators.architectures.diffusion import load_components
from generators.image import redrawing
from generators.image.pipelines import NATIVE, Drawer, quieten
from generators.metrics import nearest, things
from generators.training.data.scenes import Composer, Mix
from generators.training.data.sprites import CORE, load, names_of
from generators.training.evaluate import COLOUR_WORDS
from generators.training.judge import Judge, open_judge, small

SHARES = (0.25, 0.5, 0.625, 0.75, 0.83, 0.89, 0.94, 1.0)
SEED = 77_000_000  # far from the training data's and the judge's
Bytes = NDArray[np.uint8]
Source = tuple[Bytes, str, str | None]  # 64×64 pixels, what it shows, its colour


def sources(data: Path, judge: Judge, count: int) -> list[Source]:
    """Scenes to start from."""
    sprites, pictures = load(data / "sprites")
    composer = Composer(sprites, np.asarray(pictures), Mix(two=0.0, several=0.0, core=1.0, effects=0.0))
    found: list[Source] = []
    used: set[str] = set()
    seed = SEED
    while len(found) < count:
        scene = composer.scene(seed)
        seed += 1
        (concept, *_), pixels = scene.concepts, small(scene)
        name = names_of(concept)[-1]
        if concept in CORE and concept not in used and scene.ground and judge.right(pixels[None], [name])[0]:
            used.add(concept)
            found.append((pixels, name, things.colour(pixels)))
    return found


def draw(pipeline: Any, words: list[str], pixels: list[Bytes], share: float, steps: int) -> Bytes:
    """As `redrawing.redraw` does for the pocket model from this share on, all in one batch."""
    with torch.no_grad():
        made = pipeline(
            prompt=[f"an {word}" if word[0] in "aeiou" else f"a {word}" for word in words],
            image=[Image.fromarray(one) for one in pixels],
            strength=max(share, (1 + 1e-6) / steps),
            num_inference_steps=steps,
            guidance_scale=3.0,
            generator=[torch.Generator().manual_seed(row) for row in range(len(words))],
        )
    return np.stack([np.asarray(image.convert("RGB")) for image in made.images])


def main(argv: list[str]) -> int:
    """The command. Returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m generators.training.from_picture", description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pictures", type=int, default=16)
    parser.add_argument("--steps", type=int, default=14)
    args = parser.parse_args(argv)
    torch.set_num_threads(1)
    quieten()
    import diffusers

    judge = open_judge(args.data)
    some = sources(args.data, judge, args.pictures)
    pixels, names = [one for one, _, _ in some], [name for _, name, _ in some]
    others = [*names[1:], names[0]]
    colours = [
        COLOUR_WORDS[(COLOUR_WORDS.index(own) + 3) % 7] if own in COLOUR_WORDS else "red"
        for _, _, own in some
    ]
    whole = diffusers.StableDiffusionPipeline(**load_components(args.weights))
    pipeline = redrawing.sibling(Drawer(whole, "guidance", NATIVE, pocket=True), masked=False).pipeline
    pipeline.set_progress_bar_config(disable=True)

    def share_of(hits: list[bool]) -> float:
        return round(sum(hits) / len(hits), 3)

    for share in SHARES:
        same = draw(pipeline, names, pixels, share, args.steps)
        dyed = [f"{colour} {name}" for colour, name in zip(colours, names, strict=True)]
        coloured = draw(pipeline, dyed, pixels, share, args.steps)
        changed = draw(pipeline, others, pixels, share, args.steps)
        apart = nearest.as_rows(same) - nearest.as_rows(np.stack(pixels))
        told = {
            "share": share,
            "distance": round(float(np.linalg.norm(apart, axis=1).mean()), 3),
            "same_seen": share_of(judge.right(same, names)),
            "colour_seen": share_of(
                [things.colour(one) == c for one, c in zip(coloured, colours, strict=True)]
            ),
            "still_the_thing": share_of(judge.right(coloured, names)),
            "other_seen": share_of(judge.right(changed, others)),
        }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

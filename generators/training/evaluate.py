"""Figures of a pocket image model: `python -m generators.training.evaluate WEIGHTS --data DIR [--limit N]`.

DIR is a data folder of the recipe (its sprites are used). The classifier is trained on the first run and kept there.
Prompts are plain and none is chosen: every core concept with two seeds, every other one with one; colours, grounds
and numbers over the core concepts in alphabetical order; pairs of neighbours in that order.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from generators.metrics import object_named, things
from generators.training.data.scenes import GROUND_COLOURS, HELD_OUT, NUMBERS, Composer, Mix, plural
from generators.training.data.sprites import CORE, Sprite, load, names_of

SCENES = 10_000  # for the classifier: half of core concepts, 50 each; 18 of each other one
UNSEEN = 1_000


@dataclass
class Judge:
    """The classifier, its concepts, and how often it is right on real scenes of core concepts and of all."""

    model: object_named.Classifier
    concepts: list[str]
    core_on_real: float = 0.0
    all_on_real: float = 0.0
    names: dict[str, set[str]] = field(default_factory=dict)

    def right(self, seen: int, asked: str) -> bool:
        """Whether the concept seen may be called what was asked for: "cat" is a cat and a cat's face."""
        return asked in self.names[self.concepts[seen]]


def _scenes(composer: Composer, index: dict[str, int], start: int, count: int) -> tuple[Any, list[int]]:
    pictures = np.empty((count, 64, 64, 3), np.uint8)
    labels = []
    for offset in range(count):
        scene = composer.scene(start + offset)
        pictures[offset] = scene.picture.reshape(64, 2, 64, 2, 3).mean((1, 3)).round().astype(np.uint8)
        labels.append(index[scene.concepts[0]])
    return pictures, labels


def judge(data: Path) -> Judge:
    """The kept classifier, else a new one, measured on scenes that it has not seen."""
    sprites: list[Sprite]
    sprites, images = load(data / "sprites")
    concepts = sorted({sprite.concept for sprite in sprites})
    index = {concept: place for place, concept in enumerate(concepts)}
    composer = Composer(sprites, np.asarray(images), Mix(two=0.0, several=0.0))
    file = data / "classifier.safetensors"
    if not file.exists():
        pictures, labels = _scenes(composer, index, 10**9, SCENES)
        object_named.save(object_named.train(pictures, labels, len(concepts)), file)
    found = Judge(object_named.load(file, len(concepts)), concepts)
    found.names = {concept: set(names_of(concept)) for concept in concepts}
    pictures, labels = _scenes(composer, index, 2 * 10**9, UNSEEN)
    seen = [row[0] for row in object_named.named(found.model, pictures)]
    right = [found.right(a, names_of(concepts[b])[-1]) for a, b in zip(seen, labels, strict=True)]
    core = [hit for hit, label in zip(right, labels, strict=True) if concepts[label] in CORE]
    found.all_on_real, found.core_on_real = sum(right) / len(right), sum(core) / len(core)
    return found


class Painter:
    """Draws prompts at 64 px in batches, as the pipeline of the tool does."""

    def __init__(self, weights: Path, steps: int, guidance: float) -> None:
        from diffusers import StableDiffusionPipeline

        from generators.architectures.diffusion import load_components
        from generators.image.pipelines import quieten

        quieten()
        self.pipeline = StableDiffusionPipeline(**load_components(weights))
        self.pipeline.set_progress_bar_config(disable=True)
        self.steps, self.guidance = steps, guidance

    def draw(self, prompts: list[str], seed: int) -> NDArray[np.uint8]:
        """(n, 64, 64, 3); each prompt has a seed of its own."""
        out = []
        for start in range(0, len(prompts), 16):
            part = prompts[start : start + 16]
            rngs = [torch.Generator().manual_seed(seed * 100_000 + start + k) for k in range(len(part))]
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
                made = self.pipeline(
                    part,
                    width=64,
                    height=64,
                    num_inference_steps=self.steps,
                    guidance_scale=self.guidance,
                    generator=rngs,
                )
            out += [np.asarray(image.convert("RGB")) for image in made.images]
        return np.stack(out)


def figures(
    weights: Path, data: Path, *, steps: int = 20, guidance: float = 3.0, limit: int = 0
) -> dict[str, float]:
    """Shares of right answers, 0 to 1, and the classifier's own on real scenes. limit: of prompts a figure; 0: all."""
    judged, painter = judge(data), Painter(weights, steps, guidance)
    core = sorted(CORE)
    rest = [concept for concept in judged.concepts if concept not in CORE]
    short = {concept: names_of(concept)[-1] for concept in judged.concepts}

    def share(hits: list[bool]) -> float:
        return round(sum(hits) / max(len(hits), 1), 4)

    def objects(concepts: list[str], seed: int) -> list[bool]:
        asked = [short[concept] for concept in concepts[: limit or None]]
        seen = object_named.named(judged.model, painter.draw([f"{_a(name)} {name}" for name in asked], seed))
        return [judged.right(row[0], name) for row, name in zip(seen, asked, strict=True)]

    told = {
        "object_core_top1": share(objects(core, 1) + objects(core, 2)),
        "object_other_top1": share(objects(rest, 3)),
        "classifier_core_on_real": round(judged.core_on_real, 4),
        "classifier_all_on_real": round(judged.all_on_real, 4),
    }
    words = ("red", "orange", "yellow", "green", "blue", "purple", "pink")
    asked = [(word, short[concept]) for concept in core[::5] for word in words][: limit or None]
    made = painter.draw([f"{_a(word)} {word} {name}" for word, name in asked], 4)
    told["colour"] = share([things.colour(made[k]) == word for k, (word, _) in enumerate(asked)])
    held = [words for words in HELD_OUT for _ in range(4)]
    made = painter.draw([f"a {words}" for words in held], 8)
    told["colour_held_out"] = share(
        [things.colour(made[k]) == words.split()[0] for k, words in enumerate(held)]
    )
    grounds = [(ground, short[concept]) for concept in core[::10] for ground in GROUND_COLOURS][
        : limit or None
    ]
    made = painter.draw([f"{_a(name)} {name} on {_a(word)} {word} background" for word, name in grounds], 5)
    told["ground"] = share([things.ground_colour(made[k]) == word for k, (word, _) in enumerate(grounds)])
    numbers = [(number, short[concept]) for concept in core[::4] for number in (1, 2, 3, 4)][: limit or None]
    made = painter.draw(
        [f"{NUMBERS[n]} {plural(name)}" if n > 1 else f"{_a(name)} {name}" for n, name in numbers], 6
    )
    told["count"] = share([things.count(made[k]) == number for k, (number, _) in enumerate(numbers)])
    pairs = list(zip(core[::2], core[1::2], strict=False))[: limit or None]
    made = painter.draw([f"{_a(short[a])} {short[a]} and {_a(short[b])} {short[b]}" for a, b in pairs], 7)
    halves = np.concatenate([_half(made, left=True), _half(made, left=False)])
    seen = [row[0] for row in object_named.named(judged.model, halves)]
    both = [
        judged.right(seen[k], short[a]) + judged.right(seen[len(pairs) + k], short[b])
        for k, (a, b) in enumerate(pairs)
    ]
    told["pair_objects"] = round(sum(both) / max(2 * len(pairs), 1), 4)
    return told


def _a(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _half(pictures: NDArray[np.uint8], *, left: bool) -> NDArray[np.uint8]:
    """One half's middle as a picture of its own: 32×32 around a quarter of the width, twice as large."""
    x = 1 if left else 31
    part = pictures[:, 16:48, x : x + 32]
    doubled: NDArray[np.uint8] = part.repeat(2, axis=1).repeat(2, axis=2)
    return doubled


def main(argv: list[str]) -> int:
    """The command. Returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m generators.training.evaluate", description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--guidance", type=float, default=3.0)
    parser.add_argument("--limit", type=int, default=0, help="prompts a figure; 0 for all")
    args = parser.parse_args(argv)
    torch.set_num_threads(1)
    told = figures(args.weights, args.data, steps=args.steps, guidance=args.guidance, limit=args.limit)
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Figures of a pocket image model: `python -m generators.training.evaluate WEIGHTS --data DIR [--limit N]`.

DIR is a data folder of the recipe (its sprites are used); the judge is trained on the first run and kept there. No
prompt is chosen: concepts, colours, grounds and numbers in their own order, pairs of neighbours in the alphabet, which
training never shows together. --alone judges the network without the tool's help with two things. --likeness adds
distances to real scenes and to what was trained on. Times are of the processor, on one thread.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from generators.metrics import things
from generators.training.data.scenes import GROUND_COLOURS, HELD_OUT, NUMBERS, STYLE_WORDS, plural
from generators.training.data.sprites import CORE, names_of
from generators.training.judge import Judge, halves, open_judge
from generators.training.painter import Painter

COLOUR_WORDS = ("red", "orange", "yellow", "green", "blue", "purple", "pink")
ORDERS = {  # of two things; the first one named stands right or below where `turned`
    "and": ("{a} and {b}", False, False),
    "left": ("{a} to the left of {b}", False, False),
    "right": ("{a} to the right of {b}", False, True),
    "above": ("{a} above {b}", True, False),
    "below": ("{a} below {b}", True, True),
}
T = TypeVar("T")


class Figures:
    """Shares of right answers, 0 to 1. limit: of prompts a figure; 0: all."""

    def __init__(self, judge: Judge, painter: Painter, limit: int = 0) -> None:
        self.judge, self.painter, self.limit = judge, painter, limit or 10_000
        self.core = sorted(CORE)
        self.short = {concept: names_of(concept)[-1] for concept in judge.concepts}
        self.told: dict[str, float] = {}

    def all(self) -> dict[str, float]:
        """Every figure, by name."""
        self.objects()
        self.words()
        self.pairs()
        return self.told

    def objects(self) -> None:
        """What a plain prompt names is what is shown."""
        rest = [concept for concept in self.judge.concepts if concept not in CORE]
        core = self._objects(self.core, 1)
        others = self._objects(rest, 3)
        for place, top in enumerate(("top1", "top5")):
            self.told[f"object_core_{top}"] = _share(core[place])
            self.told[f"object_other_{top}"] = _share(others[place])
            weights = len(self.core), len(rest)
            mean = np.average([_share(core[place]), _share(others[place])], weights=weights)
            self.told[f"object_all_{top}"] = round(float(mean), 4)

    def words(self) -> None:
        """Colours, grounds, numbers and styles."""
        self._colours()
        self._grounds()
        self._numbers()
        self._styles()

    def pairs(self) -> None:
        """Two things in the order and place that words give them."""
        for name in ORDERS:
            self._pairs(name)

    def _objects(self, concepts: list[str], seed: int) -> tuple[list[bool], list[bool]]:
        asked = [self.short[concept] for concept in self._some(concepts)]
        made = self.painter.draw([_one(name) for name in asked], seed)
        return self.judge.right(made, asked), self.judge.right(made, asked, top=5)

    def _colours(self) -> None:
        asked = self._some(
            [(word, self.short[concept]) for concept in self.core[::5] for word in COLOUR_WORDS]
        )
        made = self.painter.draw([_one(f"{word} {name}") for word, name in asked], 4)
        self.told["colour"] = _share(
            [things.colour(one) == word for one, (word, _) in zip(made, asked, strict=True)]
        )
        held = [words for words in HELD_OUT for _ in range(4)]
        made = self.painter.draw([_one(words) for words in held], 8)
        self.told["held_out_colour"] = _share(
            [things.colour(one) == words.split()[0] for one, words in zip(made, held, strict=True)]
        )
        named = [words.split()[1] for words in held]
        self.told["held_out_object"] = _share(self.judge.right(made, named))

    def _grounds(self) -> None:
        asked = self._some(
            [(word, self.short[concept]) for concept in self.core[::10] for word in GROUND_COLOURS]
        )
        made = self.painter.draw([f"{_one(name)} on {_one(word)} background" for word, name in asked], 5)
        self.told["ground"] = _share(
            [things.ground_colour(one) == word for one, (word, _) in zip(made, asked, strict=True)]
        )

    def _numbers(self) -> None:
        asked = self._some(
            [(number, self.short[concept]) for concept in self.core[::4] for number in (1, 2, 3, 4)]
        )
        made = self.painter.draw(
            [f"{NUMBERS[n]} {plural(name)}" if n > 1 else _one(name) for n, name in asked], 6
        )
        self.told["count"] = _share([things.count(one) == n for one, (n, _) in zip(made, asked, strict=True)])

    def _styles(self) -> None:
        asked = self._some(
            [(look, self.short[concept]) for concept in self.core[::6] for look in self.judge.looks]
        )
        made = self.painter.draw([f"{_one(name)}, {STYLE_WORDS[look][0]}" for look, name in asked], 9)
        seen = self.judge.style(made)
        self.told["style"] = _share([a == look for a, (look, _) in zip(seen, asked, strict=True)])

    def _pairs(self, name: str) -> None:
        """each: halves that show what was asked for there; both: pictures of which both halves do."""
        form, stacked, turned = ORDERS[name]
        neighbours = list(zip(self.core[::2], self.core[1::2], strict=False))
        asked = self._some([(self.short[a], self.short[b]) for a, b in neighbours])
        made = self.painter.draw([form.format(a=_one(a), b=_one(b)) for a, b in asked], 7)
        first, second = halves(made, stacked=stacked)
        if turned:
            first, second = second, first
        hits = (
            self.judge.right(first, [a for a, _ in asked]),
            self.judge.right(second, [b for _, b in asked]),
        )
        self.told[f"pair_{name}_each"] = _share(hits[0] + hits[1])
        self.told[f"pair_{name}_both"] = _share([a and b for a, b in zip(*hits, strict=True)])

    def _some(self, prompts: list[T]) -> list[T]:
        """At most `limit` of them, spread evenly."""
        step = max(1, -(-len(prompts) // self.limit))
        return prompts[::step]


def likeness(painter: Painter, data: Path, count: int) -> dict[str, float]:
    """How far pictures of `count` validation captions are from real scenes, beside the distance of real from real.

    FD and KID by efficientnet-lite0's features; FD on the 64 directions in which the real ones vary most. nearest_…:
    median distance to the nearest training picture (root mean square of 16×16 pixels, 0 to 1), of what was made and of
    real scenes that were not trained on. Needs 2 · count validation scenes. Raises ValueError where there are fewer.
    """
    from generators.metrics import efficientnet, frechet, kernel_distance, nearest
    from generators.training.data.cache import Scenes

    held, shown = Scenes.open(data / "validation"), Scenes.open(data / "train")
    if len(held.rows) < 2 * count:
        raise ValueError(f"{2 * count} validation scenes are needed, and {len(held.rows)} are there.")
    made = painter.draw([row["caption"] for row in held.rows[:count]], 11)
    real, more = np.asarray(held.pictures[:count]), np.asarray(held.pictures[count : 2 * count])
    model = efficientnet.load()
    seen, truth, other = (efficientnet.features(model, pictures) for pictures in (made, real, more))
    mean, axes = frechet.directions(np.concatenate([truth, other]))

    def along(features: NDArray[np.float64]) -> NDArray[np.float64]:
        rows: NDArray[np.float64] = (features - mean) @ axes
        return rows

    training = nearest.as_rows(np.asarray(shown.pictures))
    own, others = nearest.as_rows(made), nearest.as_rows(more)
    return {
        "likeness_pictures": count,
        "fd": round(frechet.distance(along(seen), along(other)), 2),
        "fd_floor": round(frechet.distance(along(truth), along(other)), 2),
        "kid": round(kernel_distance.distance(seen, other), 4),
        "kid_floor": round(kernel_distance.distance(truth, other), 4),
        "nearest_made": round(float(np.median(nearest.distances(own, training))), 4),
        "nearest_real": round(float(np.median(nearest.distances(others, training))), 4),
    }


def _one(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _share(hits: list[bool]) -> float:
    return round(sum(hits) / max(len(hits), 1), 4)


def main(argv: list[str]) -> int:
    """The command. Returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m generators.training.evaluate", description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--guidance", type=float, default=3.0)
    parser.add_argument("--limit", type=int, default=0, help="prompts a figure; 0 for all")
    parser.add_argument("--only", choices=("objects", "words", "pairs"), help="one part of the figures")
    parser.add_argument("--alone", action="store_true", help="the network without the tool's help")
    parser.add_argument("--likeness", type=int, default=0, help="pictures to compare with real scenes")
    args = parser.parse_args(argv)
    torch.set_num_threads(1)
    judge = open_judge(args.data)
    painter = Painter(args.weights, steps=args.steps, guidance=args.guidance, alone=args.alone)
    figures = Figures(judge, painter, args.limit)
    getattr(figures, args.only or "all")()
    told: dict[str, object] = {"ceilings": judge.ceilings, **figures.told}
    told["seconds_a_picture"] = round(painter.seconds / painter.pictures, 3)
    if args.likeness:
        told |= likeness(painter, args.data, args.likeness)
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

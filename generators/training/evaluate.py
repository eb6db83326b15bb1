"""Figures of a pocket image model: `python -m generators.training.evaluate WEIGHTS --data DIR [--limit N]`.

DIR is a data folder of the recipe (its sprites are used); the judge is trained on the first run and kept there. No
prompt is chosen: concepts, colours, grounds and numbers as their lists have them, pairs of neighbours in the alphabet,
which training never shows together. Concepts and pairs are dealt into two halves by a fixed chance: the table is told
from one, and weights are chosen between by the other (--choosing). --alone judges the network without the tool's help with two things. --likeness
adds distances to real scenes and to what was trained on. Times are of the processor, on one thread.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from generators.metrics import things
from generators.training.data.scenes import EFFECTS, GROUND_COLOURS, HELD_OUT, NUMBERS, STYLE_WORDS, plural
from generators.training.data.sprites import COMMON, CORE, names_of
from generators.training.judge import Judge, halves, open_judge
from generators.training.likeness import SEED, Likeness
from generators.training.painter import Painter

COLOUR_WORDS = ("red", "orange", "yellow", "green", "blue", "purple", "pink")
ORDERS = {  # of two things; the first one named stands right or below where `turned`
    "and": ("{a} and {b}", False, False),
    "left": ("{a} to the left of {b}", False, False),
    "right": ("{a} to the right of {b}", False, True),
    "above": ("{a} above {b}", True, False),
    "below": ("{a} below {b}", True, True),
    "snow_and": ("{a} and {b} in the snow", False, False),
    "night_above": ("{a} above {b} at night", True, False),
}
T = TypeVar("T")


class Figures:
    """Shares of right answers, 0 to 1. limit: of prompts a figure; 0: all. choosing: of the other half, by which
    weights are chosen between, with other seeds."""

    def __init__(self, judge: Judge, painter: Painter, limit: int = 0, *, choosing: bool = False) -> None:
        self.judge, self.painter, self.limit = judge, painter, limit or 10_000
        self.first, self.seeds = (1, 100) if choosing else (0, 0)
        self.tiers: dict[str, list[str]] = {"core": [], "common": [], "rest": []}
        for concept in judge.concepts:
            tier = "core" if concept in CORE else "common" if concept in COMMON else "rest"
            self.tiers[tier].append(names_of(concept)[-1])
        known: set[str] = set()
        for tier, names in self.tiers.items():  # a cat's face is called a cat, too: asked for once
            self.tiers[tier] = sorted(set(names) - known)
            known |= set(names)
        self.core = self._mine(self.tiers["core"])
        self.told: dict[str, float] = {}

    def all(self) -> dict[str, float]:
        """Every figure, by name."""
        self.objects()
        self.words()
        self.pairs()
        return self.told

    def few(self) -> dict[str, float]:
        """Core and common things, colours and numbers alone, by name: enough to tell short runs apart."""
        for tier, names in (("core", self.core), ("common", self._mine(self.tiers["common"]))):
            found = map(_share, self._objects(names, 1))
            self.told[f"object_{tier}_top1"], self.told[f"object_{tier}_top5"] = found
        self._colours()
        self._numbers()
        return self.told

    def objects(self) -> None:
        """What a plain prompt names is what is shown."""
        weights = [len(names) for names in self.tiers.values()]
        found = [self._objects(self._mine(names), seed) for seed, names in enumerate(self.tiers.values(), 1)]
        for place, top in enumerate(("top1", "top5")):
            shares = [_share(hits[place]) for hits in found]
            for tier, share in zip(self.tiers, shares, strict=True):
                self.told[f"object_{tier}_{top}"] = share
            self.told[f"object_all_{top}"] = round(float(np.average(shares, weights=weights)), 4)

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

    def _objects(self, names: list[str], seed: int) -> tuple[list[bool], list[bool]]:
        asked = self._some(names)
        made = self._draw([_one(name) for name in asked], seed)
        return self.judge.right(made, asked), self.judge.right(made, asked, top=5)

    def _colours(self) -> None:
        asked = self._some([(word, name) for name in self.core[::3] for word in COLOUR_WORDS])
        made = self._draw([_one(f"{word} {name}") for word, name in asked], 4)
        self.told["colour"] = _share(
            [things.colour(one) == word for one, (word, _) in zip(made, asked, strict=True)]
        )
        held = [words for words in HELD_OUT for _ in range(4)]
        made = self._draw([_one(words) for words in held], 8)
        self.told["held_out_colour"] = _share(
            [things.colour(one) == words.split()[0] for one, words in zip(made, held, strict=True)]
        )
        named = [words.split()[1] for words in held]
        self.told["held_out_object"] = _share(self.judge.right(made, named))

    def _grounds(self) -> None:
        asked = self._some([(word, name) for name in self.core[::5] for word in GROUND_COLOURS])
        made = self._draw([f"{_one(name)} on {_one(word)} background" for word, name in asked], 5)
        self.told["ground"] = _share(
            [things.ground_colour(one) == word for one, (word, _) in zip(made, asked, strict=True)]
        )

    def _numbers(self) -> None:
        asked = self._some([(number, name) for name in self.core[::3] for number in (1, 2, 3, 4)])
        made = self._draw([f"{NUMBERS[n]} {plural(name)}" if n > 1 else _one(name) for n, name in asked], 6)
        self.told["count"] = _share([things.count(one) == n for one, (n, _) in zip(made, asked, strict=True)])

    def _styles(self) -> None:
        for figure, words in (("style", STYLE_WORDS), ("effect", EFFECTS)):
            asked = self._some([(look, name) for name in self.core[::3] for look in words])
            made = self._draw([f"{_one(name)}, {words[look][0]}" for look, name in asked], 9)
            names = [name for _, name in asked]
            seen = self.judge.styles(made, names) if figure == "style" else [things.look(one) for one in made]
            self.told[figure] = _share([one == look for one, (look, _) in zip(seen, asked, strict=True)])

    def _pairs(self, name: str) -> None:
        """each: halves that show what was asked for there; both: pictures of which both halves do."""
        form, stacked, turned = ORDERS[name]
        core = [names_of(concept)[-1] for concept in sorted(CORE)]
        asked = self._some(
            self._mine([(a, b) for a, b in zip(core[::2], core[1::2], strict=False) if a != b])
        )
        made = self._draw([form.format(a=_one(a), b=_one(b)) for a, b in asked], 7)
        first, second = halves(made, stacked=stacked)
        if turned:
            first, second = second, first
        hits = (
            self.judge.right(first, [a for a, _ in asked]),
            self.judge.right(second, [b for _, b in asked]),
        )
        self.told[f"pair_{name}_each"] = _share(hits[0] + hits[1])
        self.told[f"pair_{name}_both"] = _share([a and b for a, b in zip(*hits, strict=True)])

    def _mine(self, things: list[T]) -> list[T]:
        """This half's, as one fixed chance deals them."""
        return random.Random(0).sample(things, len(things))[self.first :: 2]

    def _some(self, prompts: list[T]) -> list[T]:
        """At most `limit` of them, by a fixed chance."""
        return random.Random(1).sample(prompts, min(self.limit, len(prompts)))

    def _draw(self, prompts: list[str], seed: int) -> NDArray[np.uint8]:
        return self.painter.draw(prompts, seed + self.seeds)


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
    parser.add_argument("--choosing", action="store_true", help="the prompts by which weights are chosen")
    parser.add_argument("--only", choices=("objects", "words", "pairs"), help="one part of the figures")
    parser.add_argument("--alone", action="store_true", help="the network without the tool's help")
    parser.add_argument("--device", default="cpu", help="cuda: draw on the first GPU")
    parser.add_argument("--likeness", type=int, default=0, help="pictures to compare with real scenes")
    args = parser.parse_args(argv)
    torch.set_num_threads(1)
    judge = open_judge(args.data)
    painter = Painter(
        args.weights, steps=args.steps, guidance=args.guidance, alone=args.alone, device=args.device
    )
    figures = Figures(judge, painter, args.limit, choosing=args.choosing)
    getattr(figures, args.only or "all")()
    told: dict[str, object] = {"ceilings": judge.ceilings, **figures.told}
    told["seconds_a_picture"] = round(painter.seconds / painter.pictures, 3)
    if args.likeness:
        likeness = Likeness(args.data, args.likeness)
        made = painter.draw(likeness.captions, SEED)
        told |= {"likeness_pictures": args.likeness, **likeness.of(made)}
        told |= {**likeness.floor(), **likeness.repeats(made)}
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Who judges the pocket image model: a classifier of concepts, trained apart on composed scenes only, whole ones of one
thing and halves of scenes of two; and for styles the drawings themselves, of which the nearest tells.

How often they are right on real scenes that they have not seen stands beside every figure: no model can be measured
better than that.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generators.metrics import object_named, things
from generators.training.data import cache
from generators.training.data.scenes import EFFECTS, Composer, Mix, Scene
from generators.training.data.sprites import load, names_of
from generators.training.drawings import Drawings

SCENES = 8_000  # 4,800 whole ones and 6,400 halves; three quarters of the things are of the core
UNSEEN = 400  # scenes of each kind that the ceilings are measured on
_TRAINED, _REAL = 10**9, 2 * 10**9  # seeds: far from the training data's

Bytes = NDArray[np.uint8]


@dataclass
class Judge:
    """concepts: what the classifier tells apart. ceilings: shares of right answers on real scenes, 0 to 1."""

    objects: object_named.Classifier
    drawings: Drawings
    concepts: list[str]
    ceilings: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = {concept: set(names_of(concept)) for concept in self.concepts}

    def right(self, pictures: Bytes, asked: list[str], top: int = 1) -> list[bool]:
        """Of each picture, whether one of the `top` likeliest concepts may be called what was asked for: "cat" is a
        cat and a cat's face."""
        seen = object_named.named(self.objects, pictures, top)
        return [
            any(name in self.names[self.concepts[one]] for one in row)
            for row, name in zip(seen, asked, strict=True)
        ]

    def styles(self, pictures: Bytes, asked: list[str]) -> list[str]:
        """The style of each picture of one thing on white, by what it is called: "fluent", "flat" or "noto"."""
        return [self.drawings.style(one, name) for one, name in zip(pictures, asked, strict=True)]


def small(scene: Scene) -> Bytes:
    """A scene's picture at 64 px."""
    return cache.small(scene.picture, 64)


def halves(pictures: Bytes, *, stacked: bool) -> tuple[Bytes, Bytes]:
    """(n, 64, 64, 3) → the first and the second thing's places, 32×32 and twice as large."""
    edges = (1, 31)
    parts = [
        pictures[:, edge : edge + 32, 16:48] if stacked else pictures[:, 16:48, edge : edge + 32]
        for edge in edges
    ]
    first, second = (part.repeat(2, axis=1).repeat(2, axis=2) for part in parts)
    return first, second


def open_judge(data: Path) -> Judge:
    """The kept judge of a data folder with sprites, else a new one, with its ceilings measured."""
    sprites, images = load(data / "sprites")
    concepts = sorted({sprite.concept for sprite in sprites})

    def composer(mix: Mix) -> Composer:
        return Composer(sprites, np.asarray(images), mix)

    file = data / "objects.safetensors"
    if not file.exists():
        source = composer(Mix(two=0.4, several=0.0, core=0.75))
        pictures, labels = _examples(source, {concept: place for place, concept in enumerate(concepts)})
        object_named.save(object_named.train(pictures, labels, len(concepts), passes=4), file)
    judge = Judge(object_named.load(file, len(concepts)), Drawings(sprites, images), concepts)
    kept = data / "ceilings.json"
    if not kept.exists():
        kept.write_text(json.dumps(_ceilings(judge, composer)), encoding="utf-8")
    judge.ceilings = json.loads(kept.read_text(encoding="utf-8"))
    return judge


def _ceilings(judge: Judge, composer: Callable[[Mix], Composer]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, core in (("core", 1.0), ("all", 0.0)):
        scenes = _scenes(composer(Mix(two=0.0, several=0.0, core=core)), UNSEEN)
        pixels = np.stack([small(scene) for scene in scenes])
        asked = [names_of(scene.concepts[0])[-1] for scene in scenes]
        for top in (1, 5):
            found[f"object_{name}_top{top}"] = _share(judge.right(pixels, asked, top))
    found |= _looks(judge, composer)
    found |= _placed(judge, composer(Mix(two=1.0, core=1.0, plain=1.0, flat=0.0)))
    plain = composer(Mix(two=0.0, several=0.5, core=1.0, coloured=1.0, plain=1.0, flat=0.0))
    scenes = [scene for scene in _scenes(plain, UNSEEN) if scene.count < 9]
    found["count"] = _share([things.count(small(scene)) == scene.count for scene in scenes])
    hued = [scene for scene in scenes if scene.colour not in (None, "white")]
    found["colour"] = _share([things.colour(small(scene)) == scene.colour for scene in hued])
    return found


def _examples(composer: Composer, index: dict[str, int]) -> tuple[Bytes, list[int]]:
    pictures: list[Bytes] = []
    labels: list[int] = []
    for scene in _scenes(composer, SCENES, _TRAINED):
        pixels = small(scene)
        if len(scene.concepts) == 1:
            pictures.append(pixels)
        else:
            pictures += [part[0] for part in halves(pixels[None], stacked=scene.stacked)]
        labels += [index[concept] for concept in scene.concepts]
    return np.stack(pictures), labels


def _looks(judge: Judge, composer: Callable[[Mix], Composer]) -> dict[str, float]:
    plain = {"two": 0.0, "several": 0.0, "core": 1.0, "coloured": 0.0, "plain": 1.0, "flat": 0.0}
    styled = [
        scene
        for scene in _scenes(composer(Mix(**plain)), UNSEEN)
        if not {"small", "tiny"} & set(scene.caption.split())
    ]
    asked = [names_of(scene.concepts[0])[-1] for scene in styled]
    seen = judge.styles(np.stack([small(scene) for scene in styled]), asked)
    mixed = _scenes(composer(Mix(**plain, effects=0.67)), UNSEEN)
    return {
        "style": _share([one == scene.style for one, scene in zip(seen, styled, strict=True)]),
        "effect": _share(
            [
                things.look(small(scene)) == (scene.style if scene.style in EFFECTS else None)
                for scene in mixed
            ]
        ),
    }


def _placed(judge: Judge, composer: Composer) -> dict[str, float]:
    found = {}
    scenes = _scenes(composer, UNSEEN // 2)
    for name, stacked in (("beside", False), ("stacked", True)):
        some = [scene for scene in scenes if scene.stacked == stacked]
        pair = halves(np.stack([small(scene) for scene in some]), stacked=stacked)
        hits = [
            judge.right(part, [names_of(scene.concepts[place])[-1] for scene in some])
            for place, part in enumerate(pair)
        ]
        found[f"{name}_each"] = _share(hits[0] + hits[1])
        found[f"{name}_both"] = _share([a and b for a, b in zip(*hits, strict=True)])
    return found


def _scenes(composer: Composer, count: int, first: int = _REAL) -> list[Scene]:
    return [composer.scene(seed) for seed in range(first, first + count)]


def _share(hits: list[bool]) -> float:
    return round(sum(hits) / max(len(hits), 1), 4)

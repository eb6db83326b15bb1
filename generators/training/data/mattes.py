"""Pictures whose alpha is known: sprites over grounds that are drawn here, from a seed each.

Grounds are even, shaded, scenery, clouds of noise at several scales as photographs have, and clutter of blurred shapes.
Light, blur and grain go over the whole picture, so that the thing does not give itself away by being clean.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from generators.training.data.colours import HUES, Bytes, recoloured
from generators.training.data.scenes import scenery
from generators.training.data.sprites import SIZE, Sprite, load

KINDS = ("even", "shaded", "scenery", "clouds", "clouds", "clutter", "clutter")
EVERY = 8  # concept number 0, 8, 16 … in alphabetical order is kept for validation


@dataclass
class Mattes:
    """Draws pictures and their alpha. side: pixels a side, at most the sprites' 128."""

    sprites: list[Sprite]
    pictures: NDArray[np.uint8]
    side: int

    def __post_init__(self) -> None:
        concepts = sorted({sprite.concept for sprite in self.sprites})
        kept = set(concepts[::EVERY])
        self._held = [index for index, sprite in enumerate(self.sprites) if sprite.concept in kept]
        self._shown = [index for index, sprite in enumerate(self.sprites) if sprite.concept not in kept]

    @staticmethod
    def open(folder: Path, side: int = SIZE) -> Mattes:
        """From what `sprites.render` wrote."""
        sprites, pictures = load(folder)
        return Mattes(sprites, np.asarray(pictures), side)

    def batch(self, seeds: Iterable[int], *, held_out: bool = False) -> tuple[Bytes, Bytes]:
        """(n, side, side, 3) and (n, side, side); held_out: of concepts that training never shows."""
        drawn = [self.draw(seed, held_out=held_out) for seed in seeds]
        return np.stack([picture for picture, _ in drawn]), np.stack([alpha for _, alpha in drawn])

    def draw(self, seed: int, *, held_out: bool = False) -> tuple[Bytes, Bytes]:
        """One picture and its alpha."""
        rng = random.Random(seed + 2**50 if held_out else seed)
        ground = Image.fromarray(_ground(rng, self.side))
        alpha = Image.new("L", ground.size)
        things = self._held if held_out else self._shown
        for turn in range(rng.choice((1, 1, 1, 2))):
            sprite = np.asarray(self.pictures[rng.choice(things)])
            if rng.random() < 0.25:
                sprite = recoloured(sprite, rng.choice((*HUES, "black", "white", "gray")))
            share = rng.uniform(0.35, 0.6) if turn else rng.uniform(0.45, 1.05)
            thing = Image.fromarray(sprite).rotate(
                rng.choice((0, 0, rng.uniform(-30, 30))), Image.Resampling.BILINEAR
            )
            wide = int(self.side * share)
            thing = thing.convert("RGBa").resize((wide, wide), Image.Resampling.BILINEAR).convert("RGBA")
            room = self.side - wide
            place = (int(room * rng.uniform(-0.1, 1.1)), int(room * rng.uniform(-0.1, 1.1)))
            ground.paste(thing, place, thing)
            alpha.paste(255, place, thing.getchannel("A"))
        return _lit(rng, ground), np.asarray(alpha)


def _ground(rng: random.Random, side: int) -> Bytes:
    kind = rng.choice(KINDS)
    chance = np.random.default_rng(rng.getrandbits(40))
    if kind == "even":
        colour = (255, 255, 255) if rng.random() < 0.4 else tuple(chance.integers(0, 256, 3))
        return np.broadcast_to(np.array(colour, np.uint8), (side, side, 3)).copy()
    if kind == "scenery":
        return np.asarray(Image.fromarray(scenery(rng).clip(0, 255).astype(np.uint8)).resize((side, side)))
    if kind == "shaded":
        corners = chance.integers(0, 256, (2, 2, 3)).astype(np.uint8)
        return np.asarray(Image.fromarray(corners).resize((side, side), Image.Resampling.BICUBIC))
    if kind == "clouds":
        return _clouds(chance, side)
    return _clutter(rng, chance, side)


def _clouds(chance: np.random.Generator, side: int) -> Bytes:
    """Noise whose scales halve, each half as strong: what skies, walls, leaves and water have in common."""
    field = np.zeros((side, side, 3), np.float32)
    strength = chance.uniform(60, 150)
    for cells in (2, 4, 8, 16, 32, 64):
        noise = chance.normal(0, 1, (cells, cells, 3)) * 0.4 + chance.normal(0, 1, (cells, cells, 1))
        layer: Bytes = (noise * 32 + 128).clip(0, 255).astype(np.uint8)
        grown = np.asarray(Image.fromarray(layer).resize((side, side), Image.Resampling.BICUBIC), np.float32)
        field += (grown - 128) / 32 * strength * 2 ** -(np.log2(cells) ** chance.uniform(0.7, 1.1))
    out: Bytes = (chance.integers(30, 226, 3) + field).clip(0, 255).astype(np.uint8)
    return out


def _clutter(rng: random.Random, chance: np.random.Generator, side: int) -> Bytes:
    """Shapes of a few colours, out of focus."""
    picture = Image.fromarray(_clouds(chance, side))
    pen = ImageDraw.Draw(picture)
    for _ in range(rng.randrange(3, 16)):
        x, y = rng.randrange(side), rng.randrange(side)
        wide, high = rng.randrange(side // 10, side), rng.randrange(side // 10, side // 2)
        draw = rng.choice((pen.rectangle, pen.ellipse))
        draw(
            (x - wide // 2, y - high // 2, x + wide // 2, y + high // 2),
            fill=tuple(chance.integers(0, 256, 3)),
        )
    return np.asarray(picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 5))))


def _lit(rng: random.Random, picture: Image.Image) -> Bytes:
    """Light from one side, blur and grain, each sometimes."""
    if rng.random() < 0.3:
        picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.9)))
    pixels = np.asarray(picture, np.float32)
    if rng.random() < 0.4:
        light = np.linspace(rng.uniform(0.6, 1), rng.uniform(0.9, 1.3), len(pixels), dtype=np.float32)
        pixels = pixels * (light[:, None, None] if rng.random() < 0.5 else light[None, :, None])
    if rng.random() < 0.4:
        chance = np.random.default_rng(rng.getrandbits(40))
        pixels = pixels + chance.normal(0, rng.uniform(2, 10), pixels.shape).astype(np.float32)
    out: Bytes = pixels.clip(0, 255).astype(np.uint8)
    return out

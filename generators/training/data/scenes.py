"""Captioned scenes, composed from sprites: one object, two side by side or above each other, or several alike.

A scene is drawn from a seed alone, so any of them can be drawn again. Captions name what is there: colour, size,
number, place, ground and style, each often but not always, so that a short prompt works as well as a full one.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generators.training.data.colours import COLOURS, HUES, Bytes, Floats, main_colour, recoloured
from generators.training.data.sprites import COMMON, CORE, SETS, SIZE, Sprite

GROUND_COLOURS = (
    "red",
    "orange",
    "yellow",
    "green",
    "teal",
    "blue",
    "purple",
    "pink",
    "black",
    "gray",
    "brown",
)
OBJECT_COLOURS = (*HUES, *HUES, "black", "white", "gray", "brown")  # hues twice: people ask for them more
STYLE_WORDS = {icons.style: icons.words for icons in SETS}
# Looks that are made of a finished scene. A caption always names them: nobody expects them unasked.
EFFECTS = {"pixel": ("pixel art", "pixel art style"), "gray": ("black and white", "grayscale")}
_PIXELS = 16  # cells a side of pixel art: one patch of the codec each
_OPENINGS = ("a picture of", "a drawing of", "an illustration of", "an image of", "a cute")
# Never shown in training, so that the sheet can tell composing from remembering.
HELD_OUT = ("blue cat", "purple fox", "pink castle", "green elephant")
_NEIGHBOUR = dict(pairwise(sorted(CORE)))
PLACES = {
    2: ((0.26, 0.5), (0.74, 0.5)),
    3: ((0.5, 0.27), (0.27, 0.73), (0.73, 0.73)),
    4: ((0.27, 0.27), (0.73, 0.27), (0.27, 0.73), (0.73, 0.73)),
    9: tuple((x, y) for y in (0.18, 0.5, 0.82) for x in (0.18, 0.5, 0.82)),
}
NUMBERS = {2: "two", 3: "three", 4: "four", 9: "a pattern of"}
SCENERY = {
    "sunset": ("at sunset", "sunset sky"),
    "night": ("at night", "under a starry night sky"),
    "space": ("in space", "in outer space"),
    "sky": ("in the sky", "blue sky"),
    "grass": ("on the grass", "in a green field"),
    "sea": ("by the sea", "on the ocean"),
    "snow": ("in the snow", "snowy ground"),
    "desert": ("in the desert", "on the sand"),
}


def held_out_pair(one: str, other: str) -> bool:
    """Whether two concepts are never shown together: neighbours in the alphabetical order of the core."""
    return _NEIGHBOUR.get(one) == other or _NEIGHBOUR.get(other) == one


@dataclass(frozen=True)
class Mix:
    """Shares of scenes. two: two different objects; several: one object more than once; the rest shows one.

    twins: scenes of two that show one thing twice and call it by its name twice. core, common: how many objects come
    from the core and from the other common concepts; the rest comes from all. coloured: how many are given a colour of
    our own. plain: scenes on white; flat: on one colour; the rest has scenery. styled: captions that name the style.
    effects: scenes in a look of `EFFECTS`, of those that can be. opened: captions that begin as people write ("a
    picture of").
    """

    two: float = 0.33
    twins: float = 0.0
    several: float = 0.12
    core: float = 0.5
    common: float = 0.0
    coloured: float = 0.3
    plain: float = 0.5
    flat: float = 0.26
    styled: float = 0.6
    effects: float = 0.0
    opened: float = 0.0


@dataclass(frozen=True)
class Scene:
    """A picture (128, 128, 3) with its caption and what is in it: concepts, their number, the colour asked for.

    stacked: the first of two concepts is above the second; else it is to the left. style: the icon set's name, or the
    look's of `EFFECTS`.
    """

    picture: Bytes
    caption: str
    concepts: tuple[str, ...]
    count: int
    colour: str | None
    ground: str | None
    stacked: bool = False
    style: str = ""


@dataclass(frozen=True)
class _Thing:
    picture: Bytes
    words: str
    concept: str
    colour: str | None


class Composer:
    """Draws scenes from sprites."""

    def __init__(
        self, sprites: Sequence[Sprite], pictures: NDArray[np.uint8], mix: Mix | None = None
    ) -> None:
        self.sprites, self.pictures, self.mix = sprites, pictures, mix or Mix()
        self._core: dict[str, list[int]] = {}
        self._common: dict[str, list[int]] = {}
        self._all: dict[str, list[int]] = {}
        for index, sprite in enumerate(sprites):
            self._all.setdefault(sprite.style, []).append(index)
            if sprite.concept in CORE:
                self._core.setdefault(sprite.style, []).append(index)
            if sprite.concept in COMMON:
                self._common.setdefault(sprite.style, []).append(index)
        self.styles = sorted(self._all)

    def scene(self, seed: int) -> Scene:
        """The scene of this seed."""
        rng = random.Random(seed)
        style = rng.choice(self.styles)
        canvas, where, ground = self._ground(rng)
        kind, stacked = rng.random(), False
        if kind < self.mix.two:
            caption, things, count, stacked = self._two(rng, canvas, style)
        elif kind < self.mix.two + self.mix.several:
            caption, things, count = self._several(rng, canvas, style)
        else:
            caption, things, count = self._one(rng, canvas, style)
        caption += where
        if rng.random() < self.mix.opened:
            caption = _opened(rng, caption)
        effect = self._effect(rng, caption, things, count) if rng.random() < self.mix.effects else None
        if effect:
            style = effect
            caption += ", " + rng.choice(EFFECTS[effect])
        elif rng.random() < self.mix.styled:
            caption += rng.choice((", ", ", ", " in ")) + rng.choice(STYLE_WORDS[style])
        if any(words in caption for words in HELD_OUT):
            return self.scene(seed + 2**32)
        colour = things[0].colour if len(things) == 1 else None
        picture = in_look(canvas.clip(0, 255).astype(np.uint8), style)
        concepts = tuple(thing.concept for thing in things)
        return Scene(picture, caption, concepts, count, colour, ground, stacked, style)

    @staticmethod
    def _effect(rng: random.Random, caption: str, things: list[_Thing], count: int) -> str | None:
        """A look that fits: no grey where a colour is named, no coarse cells where things are many or small."""
        fitting = []
        if len(things) == 1 and count < 9 and "small" not in caption and "tiny" not in caption:
            fitting.append("pixel")
        if not set(COLOURS) & set(caption.replace(",", "").split()):
            fitting.append("gray")
        return rng.choice(fitting) if fitting else None

    def _thing(self, rng: random.Random, style: str) -> _Thing:
        draw = rng.random()
        table = self._all
        if draw < self.mix.core and style in self._core:
            table = self._core
        elif self.mix.core <= draw < self.mix.core + self.mix.common and style in self._common:
            table = self._common
        index = rng.choice(table[style])
        sprite, picture = self.sprites[index], np.asarray(self.pictures[index])
        words = rng.choice(sprite.names)
        draw = rng.random()
        if draw < self.mix.coloured:
            colour = rng.choice(OBJECT_COLOURS)
            return _Thing(recoloured(picture, colour), f"{colour} {_bare(words)}", sprite.concept, colour)
        if draw < self.mix.coloured + 0.25:
            seen, _ = main_colour(picture)
            if seen and seen not in words:
                return _Thing(picture, f"{seen} {words}", sprite.concept, seen)
        return _Thing(picture, words, sprite.concept, None)

    def _one(self, rng: random.Random, canvas: Floats, style: str) -> tuple[str, list[_Thing], int]:
        thing = self._thing(rng, style)
        draw = rng.random()
        if draw < 0.75:
            size, caption = rng.uniform(0.78, 0.92), _with_article(rng, thing.words)
        elif draw < 0.88:
            size, caption = (
                rng.uniform(0.36, 0.46),
                f"a {rng.choice(('small', 'small', 'tiny'))} {thing.words}",
            )
        else:
            size, caption = (
                rng.uniform(0.98, 1.06),
                rng.choice(("a big ", "a large ", "close up of ")) + thing.words,
            )
        if size < 0.5:
            x, y = rng.uniform(0.35, 0.65), rng.uniform(0.4, 0.65)
        else:
            x, y = rng.uniform(0.48, 0.52), rng.uniform(0.48, 0.52)
        paste(canvas, thing.picture, x, y, size, mirrored=rng.random() < 0.15)
        return caption, [thing], 1

    def _two(self, rng: random.Random, canvas: Floats, style: str) -> tuple[str, list[_Thing], int, bool]:
        first, second = self._thing(rng, style), self._thing(rng, style)
        if rng.random() < self.mix.twins:
            second = first
        while second is not first and (
            second.concept == first.concept or held_out_pair(first.concept, second.concept)
        ):
            second = self._thing(rng, style)
        size = rng.uniform(0.44, 0.5)
        a, b = _with_article(rng, first.words), _with_article(rng, second.words)
        stacked = rng.random() >= 0.6
        if not stacked:
            y = 0.5 + rng.uniform(-0.03, 0.03)
            paste(canvas, first.picture, 0.26, y, size)
            paste(canvas, second.picture, 0.74, y, size)
            caption = rng.choice(
                (
                    f"{a} and {b}",
                    f"{a} and {b}",
                    f"{a} next to {b}",
                    f"{a} to the left of {b}",
                    f"{b} to the right of {a}",
                    f"{a} left of {b}",
                    f"{b} right of {a}",
                    f"{a} on the left and {b} on the right",
                )
            )
        else:
            paste(canvas, first.picture, 0.5, 0.26, size)
            paste(canvas, second.picture, 0.5, 0.75, size)
            caption = rng.choice(
                (f"{a} above {b}", f"{a} above {b}", f"{a} on top of {b}", f"{b} below {a}", f"{b} under {a}")
            )
        return caption, [first, second], 2, stacked

    def _several(self, rng: random.Random, canvas: Floats, style: str) -> tuple[str, list[_Thing], int]:
        thing = self._thing(rng, style)
        count = rng.choice((2, 2, 3, 3, 4, 4, 9))
        for x, y in PLACES[count]:
            paste(canvas, thing.picture, x, y, 0.46 if count < 9 else 0.29)
        return f"{NUMBERS[count]} {plural(thing.words)}", [thing], count

    def _ground(self, rng: random.Random) -> tuple[Floats, str, str | None]:
        draw = rng.random()
        if draw < self.mix.plain:
            return np.full((SIZE, SIZE, 3), 255, np.float32), "", None
        if draw < self.mix.plain + self.mix.flat:
            colour = rng.choice(GROUND_COLOURS)
            base = np.array(COLOURS[colour], np.float32)
            if colour != "black":
                base = base + rng.random() * 0.3 * (255 - base)
            canvas = (
                _shade(base * 0.8 + 51, base * 0.85)
                if rng.random() < 0.3
                else np.ones((SIZE, SIZE, 3), np.float32) * base
            )
            article = "an" if colour == "orange" else "a"
            words = (
                f" on {article} {colour} background",
                f", {colour} background",
                f" with {article} {colour} background",
            )
            return canvas.astype(np.float32), rng.choice(words), colour
        kind = rng.choice(tuple(SCENERY))
        plain, listed = SCENERY[kind]
        words_here = (
            f" {plain}"
            if rng.random() < 0.5
            else f"{'' if listed.split()[0] in _PREPOSITIONS else ','} {listed}"
        )
        return scenery(rng, kind), words_here, kind


_PREPOSITIONS = ("in", "on", "under", "at", "by")


def in_look(picture: Bytes, style: str) -> Bytes:
    """A scene's picture in a look of `EFFECTS`; any other style leaves it as it is."""
    if style == "gray":
        return np.asarray(Image.fromarray(picture).convert("L").convert("RGB"))
    if style == "pixel":
        coarse = Image.fromarray(picture).resize((_PIXELS, _PIXELS), Image.Resampling.BOX)
        return np.asarray(coarse.resize((SIZE, SIZE), Image.Resampling.NEAREST))
    return picture


def _opened(rng: random.Random, caption: str) -> str:
    """The caption with words before it that say nothing new."""
    opening = rng.choice(_OPENINGS)
    if opening.endswith("cute"):
        first, _, rest = caption.partition(" ")
        return f"{opening} {rest}" if first in ("a", "an") and rest else caption
    return f"{opening} {caption}"


def plural(words: str) -> str:
    """The plural of a caption's noun, well enough for these concepts."""
    if words.endswith(("mouse",)):
        return words.removesuffix("mouse") + "mice"
    if words.endswith(
        ("deer", "fish", "jeans", "glasses", "dice", "sunglasses", "cherries", "grapes", "beans")
    ):
        return words
    if words.endswith(("bus", "fox", "ch", "sh", "dress")):
        return words + "es"
    if words.endswith("y") and words[-2] not in "aeiou":
        return words[:-1] + "ies"
    return words if words.endswith("s") else words + "s"


def _bare(words: str) -> str:
    """Without a colour that is part of the name: "red apple" → "apple"."""
    first, _, rest = words.partition(" ")
    return rest if rest and first in COLOURS else words


def _with_article(rng: random.Random, words: str) -> str:
    if rng.random() < 0.3:
        return words
    return ("an " if words[0] in "aeiou" else "a ") + words


def _shade(top: object, bottom: object) -> Floats:
    """A vertical gradient."""
    t = np.linspace(0, 1, SIZE, dtype=np.float32)[:, None]
    column = (1 - t) * np.asarray(top, np.float32) + t * np.asarray(bottom, np.float32)
    return np.repeat(column[:, None, :], SIZE, axis=1)


def scenery(rng: random.Random, kind: str | None = None) -> Floats:
    """A ground (128, 128, 3) of one of the kinds of `SCENERY`, or of any."""
    kind = kind or rng.choice(tuple(SCENERY))
    horizon = int(SIZE * rng.uniform(0.55, 0.72))
    if kind == "sunset":
        return _shade((70, 40, 120), (255, 150, 70))
    if kind in ("night", "space"):
        canvas = _shade((10, 12, 45), (40, 40, 95)) if kind == "night" else _shade((5, 5, 20), (35, 10, 55))
        for _ in range(28 if kind == "night" else 45):
            y, x = rng.randrange(SIZE - 2), rng.randrange(SIZE - 2)
            canvas[y : y + 2, x : x + 2] = (255, 255, 220)
        return canvas
    skies = {
        "sky": ((95, 175, 245), (205, 235, 255)),
        "grass": ((120, 190, 250), (215, 240, 255)),
        "sea": ((150, 215, 250), (225, 245, 255)),
        "snow": ((170, 200, 230), (225, 235, 245)),
        "desert": ((250, 200, 120), (255, 235, 190)),
    }
    floors = {
        "grass": ((110, 190, 80), (60, 145, 55)),
        "sea": ((60, 150, 215), (20, 90, 165)),
        "snow": ((250, 250, 250), (250, 250, 250)),
        "desert": ((235, 190, 110), (200, 150, 80)),
    }
    canvas = _shade(*skies[kind])
    if kind in floors:
        canvas[horizon:] = _shade(*floors[kind])[horizon:]
    return canvas


def paste(canvas: Floats, sprite: Bytes, x: float, y: float, size: float, *, mirrored: bool = False) -> None:
    """Draw a sprite centred on (x, y), `size` wide; all are shares of the canvas."""
    side = int(SIZE * size)
    image = Image.fromarray(sprite)
    if mirrored:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    resampling = Image.Resampling.BOX if side < 64 else Image.Resampling.BILINEAR
    small = np.asarray(image.convert("RGBa").resize((side, side), resampling, reducing_gap=2.0)).astype(
        np.float32
    )
    left, top = int(x * SIZE - side / 2), int(y * SIZE - side / 2)
    x0, y0, x1, y1 = max(0, left), max(0, top), min(SIZE, left + side), min(SIZE, top + side)
    part = small[y0 - top : y1 - top, x0 - left : x1 - left]
    canvas[y0:y1, x0:x1] = canvas[y0:y1, x0:x1] * (1 - part[..., 3:] / 255) + part[..., :3]

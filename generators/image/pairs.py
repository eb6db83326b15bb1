"""Two different things in one picture, or several alike, for the small model: each thing is drawn by its own words.

The pocket model puts two things where they were asked for, but it mixes them: both come out alike; and of three owls it
often draws four. Each thing is therefore drawn alone, which it does well, and laid where it belongs, several alike as
often as was asked for, as in the scenes that it learnt from: on an even ground with their own grounds blended, before
scenery cut out of it and laid on the first one's, which is continued behind them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

# Between the names of two things; `left` and `up` say where the first named one is.
_SIDES = (
    (re.compile(r"^(.+?) on the left(?: side)?,? (?:and|with) (.+?) on the right(?: side)?$"), False, True),
    (re.compile(r"^(.+?) (?:to the |on the )?left of (.+)$"), False, True),
    (re.compile(r"^(.+?) (?:to the |on the )?right of (.+)$"), False, False),
    (re.compile(r"^(.+?) (?:above|over|on top of) (.+)$"), True, True),
    (re.compile(r"^(.+?) (?:below|under|beneath|underneath) (.+)$"), True, False),
    (re.compile(r"^(.+?) (?:and|next to|beside|near|&) (.+)$"), False, True),
)
_SCENERY = (
    r" (?:at (?:sunset|night)|in (?:outer )?space|in the (?:sky|snow|desert)|in a green field|on the (?:grass|ocean|sand)|"
    r"by the sea|under a starry night sky)\b"
)
_TAIL = re.compile(rf",.*$| (?:on|with|against) an? [a-z]+ background.*$|{_SCENERY}.*$")
_GROUND = re.compile(rf"background|{_SCENERY}")
_ARTICLE = re.compile(r"^(?:an?|the|one) ")
Place = tuple[float, float]  # of an upper left corner: down and across, in widths of one drawing
_PLACES: dict[int, tuple[Place, ...]] = {
    2: ((0.5, 0), (0.5, 1)),
    3: ((0, 0.5), (1, 0), (1, 1)),
    4: ((0, 0), (0, 1), (1, 0), (1, 1)),
}
_NUMBERS = {"two": 2, "three": 3, "four": 4, "2": 2, "3": 3, "4": 4}
FADE = 4  # pixels over which a picture's edge fades into the common ground
_EVEN = 12  # of 255: rows of an even ground differ by less, from top to bottom
_HIDDEN, _SEEN = 14, 44  # of 255: what differs from its scenery by less is scenery, by more a thing


@dataclass(frozen=True)
class Pair:
    """first: the left or upper thing's words, alone; second: the other's. stacked: one above the other. tail: ground
    and style, which both share."""

    first: str
    second: str
    stacked: bool
    tail: str = ""

    @property
    def things(self) -> list[str]:
        """What the picture holds, in order of `places`."""
        return [self.first, self.second]

    @property
    def alone(self) -> tuple[str, ...]:
        """What is drawn, by these words."""
        return self.first + self.tail, self.second + self.tail

    @property
    def places(self) -> tuple[Place, ...]:
        """Where each lies."""
        return ((0, 0.5), (1, 0.5)) if self.stacked else ((0.5, 0), (0.5, 1))


@dataclass(frozen=True)
class Several:
    """one: the words of one of them; count: how often it is there, two to four. tail: ground and style."""

    one: str
    count: int
    tail: str = ""

    @property
    def things(self) -> list[str]:
        return [self.one] * self.count

    @property
    def alone(self) -> tuple[str, ...]:
        return (self.one + self.tail,)

    @property
    def places(self) -> tuple[Place, ...]:
        return _PLACES[self.count]


def read(prompt: str, names: Collection[str]) -> Pair | Several | None:
    """What a prompt asks for beside one thing, else None: two things in known `names` ("cat"), in any colour and size,
    with a word of place or "and" between them, or two to four alike; and ground and style after them."""
    words, tail = parted(prompt)
    for form, stacked, forwards in _SIDES:
        match = form.match(words)
        if match is None:
            continue
        one, other = (_ARTICLE.sub("", part.strip()) for part in match.groups())
        if one == other or not (_names_one(one, names) and _names_one(other, names)):
            return None
        one, other = (f"{'an' if part[0] in 'aeiou' else 'a'} {part}" for part in (one, other))
        return Pair(one, other, stacked, tail) if forwards else Pair(other, one, stacked, tail)
    number, _, many = words.partition(" ")
    for one in _singulars(many) if number in _NUMBERS else ():
        if _names_one(one, names):
            return Several(f"{'an' if one[0] in 'aeiou' else 'a'} {one}", _NUMBERS[number], tail)
    return None


def drawings(prompt: str, names: Collection[str]) -> int:
    """How many pictures are drawn for a prompt: two where it asks for two different things."""
    asked = read(prompt, names)
    return 1 if asked is None else len(asked.alone)


def names_thing(prompt: str, names: Collection[str]) -> bool:
    """Whether a prompt names a thing, and not a ground alone."""
    return bool(read(prompt, names)) or _names_one(parted(prompt)[0], names)


def parted(prompt: str) -> tuple[str, str]:
    """(what a prompt shows, ground and style after it), in small letters."""
    words = " ".join(prompt.lower().split()).removesuffix(".")
    found = _TAIL.search(words)
    return (words[: found.start()], found.group()) if found else (words, "")


def names_ground(tail: str) -> bool:
    """Whether the second of `parted` says what the ground is like."""
    return bool(_GROUND.search(tail))


def _singulars(words: str) -> list[str]:
    """What the last word's singular may be."""
    ends = (("mice", "mouse"), ("leaves", "leaf"), ("ies", "y"), ("es", ""), ("s", ""), ("", ""))
    return [words.removesuffix(end) + instead for end, instead in ends if words.endswith(end)]


def _names_one(words: str, names: Collection[str]) -> bool:
    """Whether words are one thing's: at most three words before a name, and none of place or number among them."""
    parts = words.split()
    if {"and", "of", "with", "left", "right", "two", "three", "four", "many"} & set(
        parts[:-1]
    ) and words not in names:
        return False
    return any(" ".join(parts[start:]) in names for start in range(min(len(parts), 4)))


def laid_out(asked: Pair | Several, drawn: Sequence[Image]) -> Image:
    """The pictures of `asked.alone` where they belong."""
    several = [drawn[place % len(drawn)] for place in range(len(asked.places))]
    return laid_together(several, asked.places)


def laid_together(pictures: Sequence[Image], places: Sequence[Place]) -> Image:
    """Square pictures of one size on one ground that is twice as wide and high."""
    import numpy as np
    from PIL import Image as Pictures

    side = pictures[0].width
    parts = [np.asarray(picture.convert("RGB"), np.float32) for picture in pictures]
    ramp = np.minimum((np.arange(side) + 0.5) / FADE, 1)
    share = np.outer(np.minimum(ramp, ramp[::-1]), np.minimum(ramp, ramp[::-1]))[..., None]
    corners = [(int(down * side), int(across * side)) for down, across in places]
    slots = [(slice(down, down + side), slice(across, across + side)) for down, across in corners]
    rows = [_rows(part) for part in parts]
    if all(_is_even(own) for own in rows):
        grounds = [_edge(part) for part in parts]
        canvas = np.zeros((2 * side, 2 * side, 3), np.float32) + np.mean(grounds, axis=0)
        for slot, part, ground in zip(slots, parts, grounds, strict=True):
            shown = share * _stands_out(np.abs(part - ground).max(-1))
            canvas[slot] += shown * (part - ground)
    else:
        canvas = np.repeat(np.repeat(rows[0], 2, axis=0)[:, None], 2 * side, axis=1)
        for slot, part, own in zip(slots, parts, rows, strict=True):
            shown = share * _before_scenery(part, own)
            canvas[slot] = canvas[slot] * (1 - shown) + part * shown
    return Pictures.fromarray(canvas.clip(0, 255).round().astype(np.uint8))


def shown(picture: Image) -> Image:
    """How much of the thing in a drawing each pixel is, 0 to 255, as one channel; its ground is 0."""
    import numpy as np
    from PIL import Image as Pictures

    part = np.asarray(picture.convert("RGB"), np.float32)
    own = _rows(part)
    even = _is_even(own)
    share = _stands_out(np.abs(part - _edge(part)).max(-1)) if even else _before_scenery(part, own)
    return Pictures.fromarray((255 * share[..., 0]).round().astype(np.uint8))


def _is_even(rows: NDArray[np.float32]) -> bool:
    """Whether a ground, by its rows (height, 3), is of one colour."""
    import numpy as np

    return bool(np.percentile(np.abs(rows - np.median(rows, axis=0)), 90) < _EVEN)


def _before_scenery(part: NDArray[np.float32], rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much of a thing each pixel is, before a ground of these rows."""
    import numpy as np

    around = [np.roll(rows, up, axis=0)[:, None] for up in (-1, 0, 1)]  # a horizon is not quite level
    return _stands_out(np.min([np.abs(part - row).max(-1) for row in around], axis=0))


def _stands_out(away: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of how far pixels (height, width) are from their ground: how much of a thing each is, 0 to 1, (height, width, 1).
    The model's grounds are never quite even, and lighter or darker around a thing: that is ground."""
    share: NDArray[np.float32] = ((away - _HIDDEN) / (_SEEN - _HIDDEN)).clip(0, 1)[..., None]
    return share


def _edge(part: NDArray[np.float32]) -> NDArray[np.float32]:
    """The one colour of an even ground."""
    import numpy as np

    edges = [part[:2].reshape(-1, 3), part[-2:].reshape(-1, 3), part[:, :2].reshape(-1, 3)]
    middle: NDArray[np.float32] = np.median(np.concatenate(edges), axis=0)
    return middle


def _rows(part: NDArray[np.float32]) -> NDArray[np.float32]:
    """The ground's colour in each row, (height, 3), as both sides show it: scenery is layered from top to bottom."""
    import numpy as np

    middle: NDArray[np.float32] = np.median(np.concatenate([part[:, :2], part[:, -2:]], axis=1), axis=1)
    return middle

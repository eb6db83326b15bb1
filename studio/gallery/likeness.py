"""What a picture looks like, small enough to look it up: 64 bits that similar pictures share, and names of its colours.

The hash is the usual one by frequencies (pHash): the 8 by 8 lowest of 32 by 32 greys, each above or below the middle.
Scaling, another format and slight changes of tone flip few of its bits; other pictures differ in about half of them.

Two hashes that differ in at most NEAR bits differ in at most one bit in one of their four quarters. So every such pair
is found by looking up, for each quarter, its 16 bits and the 16 values one bit away: 68 keys, however many there are.

No Django here, and nothing that takes long to import: the probe's child runs it.
"""

from __future__ import annotations

import math
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from generators.image.colours import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

VERSION = 1
"""Counted up when the same picture would give other colours or bits; all pictures are then looked at again."""
NEAR = 7
SIDE, KEPT = 32, 8
BANDS, BAND_BITS = 4, 16
FLATTEST = 2.0  # a picture whose frequencies are all below this is one colour: it looks like nothing
LEAST = 0.1  # share of a picture from which a colour is one of its colours

FAMILIES: dict[str, tuple[str, ...]] = {
    "red": ("red", "dark red"),
    "orange": ("orange",),
    "yellow": ("yellow",),
    "green": ("green", "dark green", "light green", "olive"),
    "teal": ("teal", "turquoise"),
    "blue": ("blue", "dark blue", "light blue"),
    "purple": ("purple", "lilac"),
    "pink": ("pink", "magenta"),
    "brown": ("brown", "beige"),
    "white": ("white",),
    "grey": ("grey", "dark grey", "light grey"),
    "black": ("black",),
}
"""The colours that one can filter by, each with its shades in generators/image/colours.py."""
_FAMILY = {shade: family for family, shades in FAMILIES.items() for shade in shades}


def looks(image: Image) -> tuple[int | None, list[str]]:
    """(phash, colours) of a decoded picture. The hash is signed, as databases keep it; None for one flat colour."""
    from PIL import Image as Pillow

    flat = image.convert("RGBA")
    ground = Pillow.new("RGBA", flat.size, (128, 128, 128, 255))
    small = Pillow.alpha_composite(ground, flat).convert("RGB")
    small = small.resize((SIDE, SIDE), Pillow.Resampling.BOX)
    return _phash(list(small.convert("L").tobytes())), _colours(flat)


def _phash(grey: list[int]) -> int | None:
    waves = _waves()
    along = [
        [sum(v * c for v, c in zip(grey[y * SIDE : (y + 1) * SIDE], wave, strict=True)) for wave in waves]
        for y in range(SIDE)
    ]
    found = [
        sum(along[y][fx] * waves[fy][y] for y in range(SIDE)) / SIDE
        for fy in range(KEPT)
        for fx in range(KEPT)
    ]
    if max(abs(value) for value in found[1:]) < FLATTEST:
        return None
    middle = sorted(found[1:])[len(found) // 2 - 1]
    bits = 0
    for value in found:
        bits = bits << 1 | (value > middle)
    return signed(bits)


@cache
def _waves() -> list[list[float]]:
    return [[math.cos(math.pi / SIDE * f * (x + 0.5)) for x in range(SIDE)] for f in range(KEPT)]


def _colours(picture: Image) -> list[str]:
    """Names of FAMILIES that take at least LEAST of what is not transparent, most first."""
    from PIL import Image as Pillow

    small = picture.resize((SIDE, SIDE), Pillow.Resampling.BOX)
    raw = small.tobytes()
    counts: Counter[str] = Counter()
    for at in range(0, len(raw), 4):
        if raw[at + 3] >= 128:
            counts[_FAMILY[_nearest(raw[at] & 0xF8, raw[at + 1] & 0xF8, raw[at + 2] & 0xF8)]] += 1
    all_of_it = sum(counts.values())
    return [name for name, n in counts.most_common() if n >= LEAST * all_of_it]


@cache
def _nearest(r: int, g: int, b: int) -> str:
    one = _lab(r + 4, g + 4, b + 4)
    return min(
        _shades(), key=lambda name: sum((p - q) ** 2 for p, q in zip(one, _shades()[name], strict=True))
    )


@cache
def _shades() -> dict[str, tuple[float, float, float]]:
    return {name: _lab(*rgb) for name, rgb in NAMES.items()}


def _lab(r: int, g: int, b: int) -> tuple[float, float, float]:
    """CIELAB of sRGB, in white D65."""
    linear = [
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (r / 255, g / 255, b / 255)
    ]
    rows = (
        (0.4124 / 0.9505, 0.3576 / 0.9505, 0.1805 / 0.9505),
        (0.2126, 0.7152, 0.0722),
        (0.0193 / 1.089, 0.1192 / 1.089, 0.9505 / 1.089),
    )
    xyz = [sum(a * v for a, v in zip(row, linear, strict=True)) for row in rows]
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


# ---------------------------------------------------------------- numbers


def signed(bits: int) -> int:
    """64 bits as the signed number that a database keeps."""
    return bits - (1 << 64) if bits >> 63 else bits


def distance(one: int, other: int) -> int:
    """How many of their 64 bits differ."""
    return ((one ^ other) & (1 << 64) - 1).bit_count()


def bands(phash: int) -> list[int]:
    """The four keys under which a hash is kept."""
    return [band << BAND_BITS | phash >> band * BAND_BITS & 0xFFFF for band in range(BANDS)]


def keys_near(phash: int) -> Iterator[int]:
    """The keys under which everything at most NEAR bits away is found."""
    for key in bands(phash):
        yield key
        for bit in range(BAND_BITS):
            yield key ^ 1 << bit

"""A picture in about 25 bytes: its average colour and the lowest frequencies, shown while the thumbnail loads.

The format is ThumbHash (evanw.github.io/thumbhash), written here from its description. Plain Python on 32 pixels
is quicker than importing an array library.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 32
"""The picture is made this small first; the format keeps at most 7 × 7 frequencies of it."""


def thumbhash(image: Image) -> bytes:
    """The hash of a picture of any size and mode (decoded, upright, sRGB)."""
    from PIL import Image as Pillow

    small = image.convert("RGBA") if image.mode != "RGBA" else image.copy()
    small.thumbnail((SIDE, SIDE), Pillow.Resampling.BOX, reducing_gap=None)
    width, height = small.size
    raw = small.tobytes()
    pixels = [tuple(raw[at : at + 4]) for at in range(0, len(raw), 4)]

    # Over transparency lies the average of what is opaque, weighted by its alpha.
    weight = sum(pixel[3] for pixel in pixels) / 255
    average = [sum(p[c] * p[3] for p in pixels) / 65025 / weight if weight else 0.0 for c in range(3)]
    has_alpha = weight < width * height
    light, yellow, red, alpha = [], [], [], []
    for pixel in pixels:
        a = pixel[3] / 255
        r, g, b = (average[c] * (1 - a) + a / 255 * pixel[c] for c in range(3))
        light.append((r + g + b) / 3)
        yellow.append((r + g) / 2 - b)
        red.append(r - g)
        alpha.append(a)

    most = 5 if has_alpha else 7
    across = max(1, round(most * width / max(width, height)))
    down = max(1, round(most * height / max(width, height)))
    l_dc, l_ac, l_scale = _frequencies(light, width, height, max(3, across), max(3, down))
    p_dc, p_ac, p_scale = _frequencies(yellow, width, height, 3, 3)
    q_dc, q_ac, q_scale = _frequencies(red, width, height, 3, 3)

    landscape = width > height
    head = (
        round(63 * l_dc)
        | round(31.5 + 31.5 * p_dc) << 6
        | round(31.5 + 31.5 * q_dc) << 12
        | round(31 * l_scale) << 18
        | has_alpha << 23
    )
    rest = (
        (down if landscape else across)
        | round(63 * p_scale) << 3
        | round(63 * q_scale) << 9
        | landscape << 15
    )
    out = bytearray(head.to_bytes(3, "little") + rest.to_bytes(2, "little"))
    waves = l_ac + p_ac + q_ac
    if has_alpha:
        a_dc, a_ac, a_scale = _frequencies(alpha, width, height, 5, 5)
        out.append(round(15 * a_dc) | round(15 * a_scale) << 4)
        waves += a_ac
    for at in range(0, len(waves), 2):
        low = round(15 * waves[at])
        high = round(15 * waves[at + 1]) if at + 1 < len(waves) else 0
        out.append(low | high << 4)
    return bytes(out)


def _frequencies(
    channel: list[float], width: int, height: int, across: int, down: int
) -> tuple[float, list[float], float]:
    """(mean, the lower triangle of cosine coefficients scaled to 0..1, their scale)."""
    rows = [channel[y * width : (y + 1) * width] for y in range(height)]
    cos_x = [[math.cos(math.pi / width * f * (x + 0.5)) for x in range(width)] for f in range(across)]
    cos_y = [[math.cos(math.pi / height * f * (y + 0.5)) for y in range(height)] for f in range(down)]
    # The transform is separable: along the rows first, then down the columns.
    along = [[sum(v * c for v, c in zip(row, wave, strict=True)) for row in rows] for wave in cos_x]
    mean, waves = 0.0, []
    for fy in range(down):
        for fx in range(across):
            if fx * down >= across * (down - fy):
                break
            value = sum(v * c for v, c in zip(along[fx], cos_y[fy], strict=True)) / (width * height)
            if fx or fy:
                waves.append(value)
            else:
                mean = value
    scale = max((abs(value) for value in waves), default=0.0)
    return mean, [0.5 + 0.5 / scale * value if scale else 0.0 for value in waves], scale

"""A watermark as a picture: words again and again, slanted, light with a dark edge, so that they show on any ground and
cannot be cut off. Used by the bounded processes that mark pictures and films."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image


def layer(size: tuple[int, int], words: str) -> Image:
    """RGBA of this size, to be laid over a picture of it."""
    from PIL import Image as Pictures
    from PIL import ImageDraw, ImageFont

    width, height = size
    letters = max(14, max(size) // 28)
    font = ImageFont.load_default(letters)
    reach = int((width**2 + height**2) ** 0.5)
    whole = Pictures.new("RGBA", (reach, reach), (0, 0, 0, 0))
    draw = ImageDraw.Draw(whole)
    step = int(draw.textlength(words, font)) + 3 * letters
    for row, y in enumerate(range(0, reach, 4 * letters)):
        for x in range(-step * (row % 2) // 2, reach, step):
            draw.text((x, y), words, (255, 255, 255, 96), font, stroke_width=1, stroke_fill=(0, 0, 0, 80))
    whole = whole.rotate(30, Pictures.Resampling.BICUBIC)
    left, top = (reach - width) // 2, (reach - height) // 2
    return whole.crop((left, top, left + width, top + height))

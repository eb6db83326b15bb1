"""Which part of a picture is changed: masks, the window that a model sees around one, and putting its work back.

What lies outside a mask is never computed anew: `blended` takes those bytes from the picture itself.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from generators.events import Progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    from generators.fields import FrameSize
    from generators.image.upscaler import Upscaler

Box = tuple[int, int, int, int]
"""left, top, right, bottom in pixels; right and bottom are outside."""

FEATHER = 4
"""Pixels inside a mask's edge over which the new fades in; strokes too thin for that have a hard edge."""

PREVIEW = 512
"""Pixels of a frame's longer side."""


class EmptyMask(ValueError):
    """A mask in which nothing is white."""


def open_mask(path: Path, size: tuple[int, int], *, clear: bool = False) -> Image:
    """A mask file as one channel of 8 bits at this size: 255 is changed, 0 is kept.

    White is changed, and black and what is transparent kept; with `clear` what is transparent is changed, whatever its
    colour. A mask of another size is stretched. EmptyMask where nothing is to be changed.
    """
    from PIL import Image as Pictures
    from PIL import ImageChops

    from generators.image.opened import open_picture

    drawn = open_picture(path)
    opaque = drawn.getchannel("A") if drawn.mode == "RGBA" else Pictures.new("L", drawn.size, 255)
    mask = ImageChops.invert(opaque) if clear else ImageChops.multiply(drawn.convert("L"), opaque)
    if mask.size != size:
        mask = mask.resize(size, Pictures.Resampling.BILINEAR)
    if mask.getbbox() is None:
        raise EmptyMask("nothing in this mask is to be changed")
    return mask


def expanded(picture: Image, frame: FrameSize, mask: Image | None = None) -> tuple[Image, Image]:
    """(picture on a larger canvas, mask of what is new and of what `mask` shows). The old pixels stay byte for byte.

    The new ground begins as the outermost pixels drawn out and smoothed, so that a model has colours to start from.
    """
    import numpy as np
    from PIL import Image as Pictures
    from PIL import ImageFilter

    width = picture.width + frame.left + frame.right
    height = picture.height + frame.top + frame.bottom
    around = ((frame.top, frame.bottom), (frame.left, frame.right), (0, 0))
    ground = Pictures.fromarray(np.pad(np.asarray(picture.convert("RGB")), around, mode="edge"))
    ground = ground.filter(ImageFilter.GaussianBlur(max(picture.size) / 32)).convert(picture.mode)
    ground.paste(picture, (frame.left, frame.top))
    wanted = added((width, height), frame)
    if mask is not None:
        wanted.paste(mask, (frame.left, frame.top))
    return ground, wanted


def added(size: tuple[int, int], frame: FrameSize) -> Image:
    """White where the frame has added ground to make a canvas of this size."""
    from PIL import Image as Pictures

    white = Pictures.new("L", size, 255)
    white.paste(0, (frame.left, frame.top, size[0] - frame.right, size[1] - frame.bottom))
    return white


def window(mask: Image, least: int, around: float) -> Box:
    """The part of the picture that a model should see to fill this mask.

    The mask's own box with `around` times its sides more on each side, at least `least` pixels a side and no longer
    than twice as wide as high (or the other way round), as far as the picture goes.
    """
    box = mask.getbbox()
    if box is None:
        raise EmptyMask("nothing in this mask is white")
    spans = [(box[0], box[2], mask.width), (box[1], box[3], mask.height)]
    sides = [max(least, round((end - start) * (1 + 2 * around))) for start, end, _ in spans]
    sides = [max(side, max(sides) // 2) for side in sides]
    (left, right), (top, bottom) = (_span(*span, side) for span, side in zip(spans, sides, strict=True))
    return left, top, right, bottom


def _span(start: int, end: int, whole: int, side: int) -> tuple[int, int]:
    """`side` pixels around start..end within 0..whole."""
    side = min(side, whole)
    begin = min(max(0, (start + end - side) // 2), whole - side)
    return begin, begin + side


def fitted(size: tuple[int, int], native: int, multiple: int) -> tuple[int, int]:
    """(width, height) of about native × native pixels in the proportions of `size`, in multiples of `multiple`."""
    share = native / (size[0] * size[1]) ** 0.5
    width, height = (max(multiple, round(side * share / multiple) * multiple) for side in size)
    return width, height


def joined(ground: Image, made: Image, new: Image) -> Image:
    """`made` with its broad colours led over from those of `ground` beside the old picture, so that no seam shows.

    ground: of `expanded`, whose new part draws out the old one's edge. new: white is what is new. All RGB or L, one size.
    """
    import numpy as np
    from PIL import Image as Pictures
    from PIL import ImageFilter, ImageOps

    reach, old = max(ground.size) / 16, ImageOps.invert(new)

    def near(radius: float) -> NDArray[np.float32]:
        """1 at the old picture's edge, 0 far from it."""
        share = np.asarray(old.filter(ImageFilter.GaussianBlur(radius)), dtype=np.float32) / 127.5
        return share.clip(0, 1)[..., None] * (np.asarray(new)[..., None] > 0)

    narrow = ImageFilter.GaussianBlur(reach / 4)
    lead = np.asarray(ground.filter(narrow), dtype=np.int16) - np.asarray(made.filter(narrow), dtype=np.int16)
    led = np.asarray(made) + near(reach) * lead
    beside = near(reach / 3)  # here the ground itself, else a thing drawn at the edge would be cut off by it
    led = led + beside * (np.asarray(ground) - led)
    return Pictures.fromarray(led.round().clip(0, 255).astype(np.uint8))


def brought_to(
    picture: Image, size: tuple[int, int], upscaler: Callable[[], Upscaler | None]
) -> tuple[Image, str]:
    """(an RGB picture at this size, a note where it was enlarged): by the network from twice the size on, else by a
    filter. upscaler: asked for it only where it is needed; None where it is not installed."""
    from PIL import Image as Pictures

    from generators.image.upscaler import enlarge

    drawn = picture.size
    if size[0] >= 2 * drawn[0]:
        network = upscaler()
        while network is not None and picture.width < size[0]:
            picture = enlarge(network, picture)
    note = f"Drawn at {drawn[0]} × {drawn[1]} px and enlarged." if size[0] >= 1.5 * drawn[0] else ""
    return picture if picture.size == size else picture.resize(size, Pictures.Resampling.LANCZOS), note


def blended(before: Image, after: Image, mask: Image) -> Image:
    """`after` where the mask is white, `before` byte for byte where it is black, a soft edge inside the white.

    before: RGB or RGBA; after: RGB; all of one size. What was transparent becomes opaque where it is changed.
    """
    from PIL import Image as Pictures

    share = _feathered(mask)
    colours = Pictures.composite(after, before.convert("RGB"), share)
    if before.mode != "RGBA":
        return colours
    alpha = before.getchannel("A")
    colours.putalpha(Pictures.composite(Pictures.new("L", alpha.size, 255), alpha, share))
    return colours


def placed(
    steps: Generator[Progress, None, Image], picture: Image, mask: Image, box: Box
) -> Generator[Progress, None, Image]:
    """The same steps, of which each frame shows the whole picture, made small, with what is being drawn in its place."""
    small = picture.convert("RGB")
    small.thumbnail((PREVIEW, PREVIEW))
    scale = small.width / picture.width, small.height / picture.height
    left, top, right, bottom = (round(side * scale[at % 2]) for at, side in enumerate(box))
    size = max(1, right - left), max(1, bottom - top)
    part = mask.crop(box).resize(size)
    with closing(steps):
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                made: Image = end.value
                return made
            if step.preview is not None:
                whole = small.copy()
                whole.paste(step.preview.convert("RGB").resize(size), (left, top), part)
                step = replace(step, preview=whole)
            yield step


def _feathered(mask: Image) -> Image:
    """The mask with its edge drawn inwards: 0 stays 0, and strokes thinner than the feather stay as they are."""
    from PIL import ImageChops, ImageFilter

    inner = _spread(mask, least=True)
    thin = ImageChops.subtract(mask, _spread(inner, least=False))
    soft = inner.filter(ImageFilter.GaussianBlur(FEATHER / 2))
    return ImageChops.darker(mask, ImageChops.lighter(soft, thin))


def _spread(mask: Image, *, least: bool) -> Image:
    """The least or greatest within FEATHER of each pixel, in an octagon: a square would call the round end of a stroke
    thin."""
    import numpy as np
    from PIL import Image as Pictures
    from PIL import ImageFilter

    straight = FEATHER // 2
    kind = ImageFilter.MinFilter if least else ImageFilter.MaxFilter
    pixels = np.asarray(mask.filter(kind(2 * straight + 1)))
    pick = np.minimum if least else np.maximum
    for _ in range(FEATHER - straight):  # a pixel and its four neighbours
        around = np.pad(pixels, 1, mode="edge")
        pixels = pick.reduce(
            [pixels, around[:-2, 1:-1], around[2:, 1:-1], around[1:-1, :-2], around[1:-1, 2:]]
        )
    return Pictures.fromarray(pixels)

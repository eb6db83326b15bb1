"""How a picture file becomes pixels: upright, first frame, 8 bits, colours in sRGB. One rule for all who look at it.

The probe makes what people see with these functions, and tools open what models see with `open_picture`, so the two
agree. Pillow only; no torch, no numpy.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from generators.events import ToolError

if TYPE_CHECKING:
    from PIL.Image import Image

PIXELS = 200_000_000
"""Most pixels of a frame that are decoded; the probe refuses files with more, so no asset has them."""
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF")
"""Decoders that a file may ask for, by its first bytes; the probe takes no others."""


class TooLarge(Exception):
    """More pixels than are decoded here."""


def open_picture(path: Path, *, side: int | None = None) -> Image:
    """The picture in a file as people see it: RGB, or RGBA where anything of it is transparent.

    Turned as its EXIF data says, of an animation the first frame, CMYK, palettes and 16 bits brought to 8, its colour
    profile applied. TooLarge before anything is decoded where it has more than `PIXELS`, or more than `side` pixels a
    side. Pillow's own errors where the file is broken.
    """
    from PIL import Image as Pictures

    Pictures.MAX_IMAGE_PIXELS = PIXELS
    try:
        with Pictures.open(path, formats=FORMATS) as image:
            width, height = image.size
            if width * height > PIXELS or (side is not None and max(width, height) > side):
                raise TooLarge(f"{width} × {height} pixels are too many")
            profile = image.info.get("icc_profile")
            return in_srgb(eight_bits(upright(image)), profile)
    except Pictures.DecompressionBombError as error:
        raise TooLarge(str(error)) from None


def taken(path: Path, *, side: int) -> Image:
    """`open_picture` for a tool that takes at most `side` pixels a side; ToolError, in words, for more."""
    try:
        return open_picture(path, side=side)
    except TooLarge:
        words = f"This picture is larger than {side} px a side. Make it smaller first."
        raise ToolError(words, kind="inputs") from None


def upright(image: Image) -> Image:
    """Decoded, and turned and mirrored as its EXIF data says."""
    from PIL import ImageOps

    image.load()
    turned: Image = ImageOps.exif_transpose(image)
    return turned


def eight_bits(image: Image) -> Image:
    """In one of the modes L, LA, RGB, RGBA and CMYK: palettes looked up, 16 bits scaled to 8 (a plain conversion clips
    them to white), transparency in a channel of its own."""
    if image.mode in ("RGBA", "LA", "CMYK"):
        return image
    if image.mode.startswith("I") or image.mode == "F":
        return _scaled(image)
    grey = image.mode in ("1", "L")
    if image.has_transparency_data:
        return image.convert("LA" if grey else "RGBA")
    wanted = "L" if grey else "RGB"
    return image if image.mode == wanted else image.convert(wanted)  # a copy of a large picture is dear


def _scaled(image: Image) -> Image:
    """Grey of 16 or 32 bits, or of floats. What says that it has 16 bits has white at 65535, however dark it is."""
    from PIL import Image as Pictures

    if image.mode.startswith("I;16"):
        top = 65535.0
        image = image.convert("I")
    else:
        _low, high = image.getextrema()
        assert isinstance(high, int | float)
        top = 255.0 if high <= 255 else 65535.0 if high <= 65535 else float(high)
    return (
        image.convert("F")
        .point(lambda value: value * (255.0 / top))
        .convert("L", dither=Pictures.Dither.NONE)
    )


def in_srgb(image: Image, profile: bytes | None) -> Image:
    """RGB or RGBA with the colours in sRGB, from one of the modes of `eight_bits`.

    Goes through the picture's own colour profile; one that makes no sense, or is for other colours than it has, is
    left out. Transparency is no colour and passes by.
    """
    alpha = image.getchannel("A") if image.mode in ("LA", "RGBA") else None
    colours = image.convert(image.mode.removesuffix("A")) if alpha else image
    colours = _through(profile, colours) if profile else colours
    if colours.mode != "RGB":
        colours = colours.convert("RGB")
    if alpha:
        colours.putalpha(alpha)
    return colours


def _through(profile: bytes, image: Image) -> Image:
    import io

    from PIL import ImageCms

    with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        done = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        return done if done is not None else image
    return image

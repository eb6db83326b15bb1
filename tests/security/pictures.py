"""Odd pictures, made here: each with the colours that a person sees at the left and at the right of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)
Colour = tuple[int, ...]
SIZE = (96, 64)


def halves(
    left: Colour = RED, right: Colour = BLUE, mode: str = "RGB", size: tuple[int, int] = SIZE
) -> Image.Image:
    image = Image.new(mode, size, right)
    image.paste(left, (0, 0, size[0] // 2, size[1]))
    return image


def swapped_profile() -> bytes:
    """A profile of a screen whose red and green are exchanged: what ignores it shows wrong colours."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {bytes(profile[at : at + 4]): at + 4 for at in range(132, 132 + 12 * 20, 12)}
    red, green = tags[b"rXYZ"], tags[b"gXYZ"]
    profile[red : red + 4], profile[green : green + 4] = profile[green : green + 4], profile[red : red + 4]
    return bytes(profile)


def _orientation(path: Path, turn: int) -> None:
    """Stored so that a viewer which heeds EXIF sees red at the left."""
    exif = Image.Exif()
    exif[0x0112] = turn
    back = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    back |= {2: Image.Transpose.FLIP_LEFT_RIGHT, 4: Image.Transpose.FLIP_TOP_BOTTOM}
    back |= {5: Image.Transpose.TRANSPOSE, 7: Image.Transpose.TRANSVERSE}
    stored = halves().transpose(back[turn])
    stored.save(path, "JPEG", quality=95, subsampling=0, exif=exif)
    assert ImageOps.exif_transpose(Image.open(path)).size == SIZE


def _save(image: Image.Image, format: str, **how: Any) -> Callable[[Path], None]:
    return lambda path: image.save(path, format, **how)


def _sixteen(path: Path) -> None:
    image = Image.new("I;16", SIZE, 200 * 257)
    image.paste(50 * 257, (0, 0, SIZE[0] // 2, SIZE[1]))
    image.save(path, "PNG")


def _sixteen_dark(path: Path) -> None:
    """Nearly black, though its numbers look like those of eight bits."""
    Image.new("I;16", SIZE, 250).save(path, "PNG")


def _grey_one_clear(path: Path) -> None:
    """Grey, and one of its shades stands for transparent."""
    halves((40,), (200,), "L").save(path, "PNG", transparency=200)


def _palette_clear(path: Path) -> None:
    image = halves().quantize(2)
    blue = image.getpixel((SIZE[0] - 1, 0))
    image.save(path, "PNG", transparency=blue)


def _moving(format: str) -> Callable[[Path], None]:
    frames = [halves(), halves((0, 255, 0), (0, 255, 0)), halves(WHITE, WHITE)]
    how: dict[str, Any] = {"lossless": True} if format == "WEBP" else {}
    return lambda path: frames[0].save(
        path, format, save_all=True, append_images=frames[1:], duration=100, **how
    )


PICTURES: dict[str, tuple[Callable[[Path], None], Colour, Colour]] = {
    # name: (how it is written, left, right); four numbers where it is transparent
    **{f"turned-{turn}.jpg": (partial(_orientation, turn=turn), RED, BLUE) for turn in range(2, 9)},
    "print.jpg": (
        _save(halves((0, 255, 255, 0), (255, 255, 0, 0), "CMYK"), "JPEG", quality=95, subsampling=0),
        RED,
        BLUE,
    ),
    "deep.png": (_sixteen, (50, 50, 50), (200, 200, 200)),
    "deep-dark.png": (_sixteen_dark, (1, 1, 1), (1, 1, 1)),
    "palette.png": (_save(halves().quantize(2), "PNG"), RED, BLUE),
    "palette-clear.png": (_palette_clear, (*RED, 255), (*BLUE, 0)),
    "grey-clear.png": (_grey_one_clear, (40, 40, 40, 255), (200, 200, 200, 0)),
    "black-and-white.png": (_save(halves((0,), (255,), "1"), "PNG"), (0, 0, 0), WHITE),
    "grey-alpha.png": (
        _save(halves((90, 255), (10, 0), "LA"), "PNG"),
        (90, 90, 90, 255),
        (10, 10, 10, 0),
    ),
    "alpha.png": (
        _save(halves((255, 0, 0, 255), (0, 0, 255, 128), "RGBA"), "PNG"),
        (*RED, 255),
        (*BLUE, 128),
    ),
    "alpha.webp": (
        _save(halves((255, 0, 0, 255), (0, 0, 255, 128), "RGBA"), "WEBP", lossless=True, exact=True),
        (*RED, 255),
        (*BLUE, 128),
    ),
    "moving.gif": (_moving("GIF"), RED, BLUE),
    "moving.png": (_moving("PNG"), RED, BLUE),
    "moving.webp": (_moving("WEBP"), RED, BLUE),
    # Its file says green at the left; through its profile that is red.
    "profile.png": (_save(halves((0, 255, 0), BLUE), "PNG", icc_profile=swapped_profile()), RED, BLUE),
    "profile.jpg": (
        _save(halves((0, 255, 0), BLUE), "JPEG", quality=95, subsampling=0, icc_profile=swapped_profile()),
        RED,
        BLUE,
    ),
    "profile-alpha.png": (
        _save(halves((0, 255, 0, 255), (0, 0, 255, 128), "RGBA"), "PNG", icc_profile=swapped_profile()),
        (*RED, 255),
        (*BLUE, 128),
    ),
    "profile-palette.png": (
        _save(halves((0, 255, 0), BLUE).quantize(2), "PNG", icc_profile=swapped_profile()),
        RED,
        BLUE,
    ),
    "profile-nonsense.png": (_save(halves(), "PNG", icc_profile=b"no profile at all"), RED, BLUE),
    "modern.avif": (_save(halves(), "AVIF", quality=100, subsampling="4:4:4"), RED, BLUE),
}


def sides(image: Image.Image) -> tuple[Colour, Colour]:
    """The colours in the middle of the left and of the right half."""
    width, height = image.size
    left, right = image.getpixel((width // 4, height // 2)), image.getpixel((3 * width // 4, height // 2))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    return left, right


def alike(one: Colour, other: Colour, within: int) -> bool:
    """Whether two colours are nearly the same; of what is hardly visible the colour does not matter."""
    if len(one) != len(other):
        return False
    if len(one) == 4 and one[3] == other[3] == 0:
        return True
    return all(abs(a - b) <= within for a, b in zip(one, other, strict=True))

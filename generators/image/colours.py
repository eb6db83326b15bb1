"""The colours of a picture by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

LEAST = 0.04  # share of the picture from which a colour is told

NAMES: dict[str, tuple[int, int, int]] = {
    "black": (15, 15, 18),
    "dark grey": (75, 75, 78),
    "grey": (135, 135, 138),
    "light grey": (200, 200, 203),
    "white": (248, 248, 248),
    "red": (205, 35, 40),
    "dark red": (115, 20, 30),
    "orange": (240, 135, 30),
    "brown": (115, 72, 40),
    "beige": (222, 200, 165),
    "yellow": (250, 222, 60),
    "olive": (120, 120, 45),
    "green": (55, 155, 55),
    "dark green": (20, 80, 40),
    "light green": (155, 220, 130),
    "teal": (25, 130, 130),
    "turquoise": (75, 210, 205),
    "light blue": (150, 200, 240),
    "blue": (40, 95, 205),
    "dark blue": (22, 35, 95),
    "purple": (120, 55, 160),
    "lilac": (190, 160, 220),
    "pink": (245, 150, 190),
    "magenta": (215, 40, 140),
}
"""What each name stands for, in sRGB."""


@dataclass(frozen=True)
class Colour:
    """share: of the picture's area, 0 to 1. mean: of the pixels of this name, "#rrggbb"."""

    name: str
    share: float
    mean: str


def colours_of(picture: Image) -> list[Colour]:
    """The colours that take at least LEAST of what is not transparent, most first.

    Each pixel gets the name that is nearest in CIELAB, where distances are as people see them.
    """
    import numpy as np
    from PIL import Image as Pictures

    small = picture.convert("RGBA")
    small.thumbnail((128, 128), Pictures.Resampling.BOX)
    pixels = np.asarray(small).reshape(-1, 4)
    pixels = pixels[pixels[:, 3] > 127][:, :3]
    if not len(pixels):
        return []
    nearest = _nearest(pixels)
    found = []
    for index, name in enumerate(NAMES):
        own = pixels[nearest == index]
        if len(own) >= LEAST * len(pixels):
            red, green, blue = own.mean(0).round().astype(int)
            found.append(Colour(name, len(own) / len(pixels), f"#{red:02x}{green:02x}{blue:02x}"))
    return sorted(found, key=lambda colour: -colour.share)


def nearest_names(pixels: NDArray[np.uint8]) -> list[str]:
    """The name of each colour of (n, 3) bytes of sRGB."""
    names = list(NAMES)
    return [names[index] for index in _nearest(pixels)]


def _nearest(pixels: NDArray[np.uint8]) -> NDArray[Any]:
    import numpy as np

    known = _lab(np.array(list(NAMES.values()), dtype=np.uint8))
    found: NDArray[Any] = ((_lab(pixels)[:, None] - known[None]) ** 2).sum(-1).argmin(1)
    return found


def _lab(pixels: NDArray[np.uint8]) -> NDArray[Any]:
    """(n, 3) bytes of sRGB → (n, 3) of CIELAB under D65 (IEC 61966-2-1, CIE 15)."""
    import numpy as np

    linear = pixels / 255.0
    linear = np.where(linear <= 0.04045, linear / 12.92, ((linear + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = linear @ to_xyz.T / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)

"""Colour names, and pictures in another colour. Arrays are uint8 RGB(A) or float32; hues run from 0 to 1."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

# What a colour word looks like as a ground.
COLOURS: dict[str, tuple[int, int, int]] = {
    "red": (222, 45, 45),
    "orange": (245, 140, 30),
    "yellow": (250, 212, 40),
    "green": (60, 170, 70),
    "teal": (30, 160, 160),
    "blue": (45, 105, 225),
    "purple": (135, 70, 200),
    "pink": (245, 130, 180),
    "brown": (130, 85, 50),
    "black": (25, 25, 28),
    "white": (255, 255, 255),
    "gray": (150, 150, 155),
}
# Degrees of hue of the colours that a hue alone names.
HUES: dict[str, float] = {
    "red": 0,
    "orange": 28,
    "yellow": 50,
    "green": 125,
    "teal": 178,
    "blue": 220,
    "purple": 272,
    "pink": 325,
}
# Upper ends, in degrees, of the hues that carry a name, from 14 up; reds lie on both sides of 0.
_NAMED_UP_TO = ((40, "orange"), (66, "yellow"), (160, "green"), (196, "teal"), (252, "blue"), (292, "purple"))
_LUMA = np.array([0.3, 0.59, 0.11], np.float32)


def to_hsv(rgb: Bytes) -> tuple[Floats, Floats, Floats]:
    """Hue, saturation and value, each 0 to 1, of (..., 3) bytes."""
    a = rgb.astype(np.float32) / 255
    r, g, b = a[..., 0], a[..., 1], a[..., 2]
    high, low = a.max(-1), a.min(-1)
    span = high - low
    safe = np.where(span == 0, 1, span)
    hue = (
        np.where(high == r, ((g - b) / safe) % 6, np.where(high == g, (b - r) / safe + 2, (r - g) / safe + 4))
        / 6
    )
    hue = np.where(span == 0, 0, hue)
    saturation = np.where(high == 0, 0, span / np.where(high == 0, 1, high))
    return hue.astype(np.float32), saturation.astype(np.float32), high


def to_rgb(hue: Floats, saturation: Floats, value: Floats) -> Bytes:
    """The inverse of `to_hsv`."""
    k = (np.array([5, 3, 1], np.float32) + hue[..., None] * 6) % 6
    rgb = value[..., None] * (1 - saturation[..., None] * np.clip(np.minimum(k, 4 - k), 0, 1))
    out: Bytes = (rgb * 255).clip(0, 255).astype(np.uint8)
    return out


def name_of(hue: float, saturation: float, value: float) -> str:
    """The colour word of one colour."""
    degrees = hue * 360
    if value < 0.2:
        return "black"
    if saturation < 0.14:
        return "white" if value > 0.85 else "gray"
    if 12 <= degrees < 42 and value < 0.66:
        return "brown"
    if degrees < 14 or degrees >= 345:
        return "red" if saturation > 0.45 else "pink"
    return next((name for end, name in _NAMED_UP_TO if degrees < end), "pink")


def main_colour(rgba: Bytes) -> tuple[str | None, float]:
    """(the word for more than half of the opaque pixels, else None; the mean hue weighted by vividness)."""
    small = rgba[::4, ::4]
    pixels = small[small[..., 3] > 160][:, :3]
    if len(pixels) < 20:
        return None, 0.0
    hue, saturation, value = to_hsv(pixels)
    step = max(1, len(pixels) // 150)
    names = Counter(
        name_of(float(h), float(s), float(v))
        for h, s, v in zip(hue[::step], saturation[::step], value[::step], strict=True)
    )
    name, count = names.most_common(1)[0]
    direction = np.angle((saturation * value * np.exp(2j * np.pi * hue)).sum()) / (2 * np.pi) % 1
    return (name if count * 2 > names.total() else None), float(direction)


def recoloured(rgba: Bytes, colour: str) -> Bytes:
    """The same sprite in another colour. Hues move into the band that the word names and shading stays.

    White and grey parts keep what they are (eyes, teeth, paper) unless most of the sprite is like that: then they are
    tinted, or the word would be a lie. A caption's colour is what most pixels show: see generators/metrics/things.py.
    """
    out = rgba.copy()
    hue, saturation, value = to_hsv(rgba[..., :3])
    if colour not in HUES:
        light = (rgba[..., :3].astype(np.float32) @ _LUMA)[..., None] / 255
        dark, span = _GREYS[colour]
        out[..., :3] = (np.array(dark) + np.array(span) * light).clip(0, 255).astype(np.uint8)
        return out
    solid = rgba[..., 3] > 160
    vivid = (saturation > 0.25) & (value > 0.25)
    if vivid[solid].mean() < 0.7:
        vivid = np.ones_like(vivid)
        value = 0.3 + 0.7 * value
        saturation = np.maximum(saturation, 0.75 - 0.9 * np.clip(value - 0.75, 0, 1))
    _, main = main_colour(rgba)
    away = (hue - main + 0.5) % 1 - 0.5
    spread, strength, brightness = _ROOM.get(colour, (16, 0.3, 0.3))
    turned = (HUES[colour] / 360 + np.clip(away * 0.3, -spread / 360, spread / 360)) % 1
    out[..., :3] = to_rgb(
        np.where(vivid, turned, hue).astype(np.float32),
        np.where(vivid, strength + (1 - strength) * saturation, saturation).astype(np.float32),
        np.where(vivid, brightness + (1 - brightness) * value, value).astype(np.float32),
    )
    return out


# How far hues may lie from the middle of a word's band, in degrees, and the least saturation and value there: a pale
# red is called pink, a dark orange brown and a dark yellow olive.
_ROOM = {"red": (9, 0.55, 0.3), "orange": (9, 0.5, 0.7), "yellow": (7, 0.4, 0.72), "pink": (14, 0.3, 0.6)}
_GREYS = {
    "black": ((8, 8, 10), (46, 46, 48)),
    "white": ((185, 185, 185), (70, 70, 70)),
    "gray": ((60, 60, 60), (150, 150, 150)),
    "brown": ((50, 30, 15), (120, 85, 60)),
}

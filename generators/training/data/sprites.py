"""Sprites: the drawings of three icon sets, rendered once. Needs the training extra (resvg-py) and the npm packages.

`npm install --ignore-scripts` of the packages in `SETS` and `NAMES` gives the folder that `render` reads. Only sets
under MIT and Apache-2.0 are used, so that nothing is asked of who uses the weights or the pictures.
"""

from __future__ import annotations

import io
import json
import re
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIZE = 128  # twice the training size: sprites are drawn smaller in scenes, and never larger than this


@dataclass(frozen=True)
class IconSet:
    """An npm package of icons, its pin and licence, and the words that name its look in captions."""

    package: str
    version: str
    licence: str
    style: str
    words: tuple[str, ...]


SETS = (
    IconSet("@iconify-json/fluent-emoji", "1.2.7", "MIT", "fluent", ("fluent style", "3d style")),
    IconSet("@iconify-json/fluent-emoji-flat", "1.2.6", "MIT", "flat", ("flat style", "flat vector")),
    IconSet("@iconify-json/noto", "1.2.9", "Apache-2.0", "noto", ("noto style",)),
)
NAMES = ("unicode-emoji-json", "0.9.0", "MIT")

_CONCEPTS = tomllib.loads((Path(__file__).parent / "concepts.toml").read_text(encoding="utf-8"))
THINGS = frozenset(_CONCEPTS["things"])
CORE = frozenset(_CONCEPTS["core"])
COMMON = frozenset(_CONCEPTS["common"])
OBSCURE = frozenset(_CONCEPTS["obscure"])
ALIASES: dict[str, str] = _CONCEPTS["aliases"]
_GROUPS = ("Animals & Nature", "Food & Drink")


@dataclass(frozen=True)
class Sprite:
    """One drawing: its concept, the names captions call it by, and its style."""

    concept: str
    names: tuple[str, ...]
    style: str


def slug(name: str) -> str:
    """As icon sets write names: "red apple" → "red-apple"."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower().replace("’", "").replace("'", "")).strip("-")


def names_of(concept: str) -> tuple[str, ...]:
    """What captions may call a concept, Unicode's name first."""
    plain = concept.replace("-", " ")
    if concept in ALIASES:
        return plain, ALIASES[concept]
    if concept.endswith("-face") and concept.split("-")[0] not in ("grinning", "crying", "angry", "smiling"):
        return plain, plain.removesuffix(" face")
    return (plain,)


def concepts(node_modules: Path) -> list[str]:
    """Every concept that all sets have drawn, in alphabetical order."""
    emoji = json.loads((node_modules / NAMES[0] / "data-by-emoji.json").read_text(encoding="utf-8"))
    known = {slug(entry["name"]): entry["group"] for entry in emoji.values()}
    drawn = [set(_icons(node_modules, icons)["icons"]) for icons in SETS]
    return sorted(
        name
        for name, group in known.items()
        if (group in _GROUPS or name in THINGS)
        and name not in OBSCURE
        and all(name in icons for icons in drawn)
    )


def render(node_modules: Path, out: Path) -> int:
    """Draw every sprite at 128 px into `out` (sprites.npy: n, 128, 128, 4; sprites.json). Returns how many."""
    import resvg_py
    from PIL import Image

    wanted = concepts(node_modules)
    pictures: list[NDArray[np.uint8]] = []
    sprites: list[Sprite] = []
    for icons in SETS:
        data = _icons(node_modules, icons)
        for concept in wanted:
            icon = data["icons"][concept]
            width, height = (
                icon.get("width", data.get("width", 16)),
                icon.get("height", data.get("height", 16)),
            )
            svg = (
                '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
                f'width="{SIZE}" height="{SIZE}" viewBox="0 0 {width} {height}">{icon["body"]}</svg>'
            )
            png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=SIZE, height=SIZE))
            pictures.append(np.asarray(Image.open(io.BytesIO(png)).convert("RGBA").resize((SIZE, SIZE))))
            sprites.append(Sprite(concept, names_of(concept), icons.style))
    out.mkdir(parents=True, exist_ok=True)
    np.save(out / "sprites.npy", np.stack(pictures))
    (out / "sprites.json").write_text(json.dumps([asdict(sprite) for sprite in sprites]), encoding="utf-8")
    return len(sprites)


def load(folder: Path) -> tuple[list[Sprite], NDArray[np.uint8]]:
    """What `render` wrote; the pictures stay on disk until they are looked at."""
    rows = json.loads((folder / "sprites.json").read_text(encoding="utf-8"))
    sprites = [Sprite(row["concept"], tuple(row["names"]), row["style"]) for row in rows]
    return sprites, np.load(folder / "sprites.npy", mmap_mode="r")


def _icons(node_modules: Path, icons: IconSet) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(
        (node_modules / icons.package / "icons.json").read_text(encoding="utf-8")
    )
    return data

"""Sprites: the drawings of three icon sets, rendered once. Needs the training extra (resvg-py) and the npm packages.

`npm install --ignore-scripts` of the packages in `SETS` and `NAMES` gives the folder that `render` reads. Only sets
under MIT and Apache-2.0 are used, so that nothing is asked of who uses the weights or the pictures.
"""

from __future__ import annotations

import io
import json
import re
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

# Beside all animals, plants and food: things that a child could name.
THINGS = frozenset(
    """rocket automobile bus locomotive airplane helicopter sailboat bicycle house castle tent mountain volcano
    desert-island camping ambulance fire-engine police-car taxi tractor motorcycle ship anchor hot-air-balloon balloon
    flying-saucer sun crescent-moon star rainbow cloud snowman umbrella fire droplet globe-with-meridians soccer-ball
    basketball tennis american-football baseball volleyball trophy crown gem-stone key light-bulb candle guitar violin
    trumpet drum saxophone camera television telephone laptop hammer axe crossed-swords shield bomb wrapped-gift
    teddy-bear kite yo-yo chair bed door alarm-clock hourglass-done bell pencil scissors backpack top-hat billed-cap
    t-shirt jeans dress glasses sunglasses high-heeled-shoe running-shoe red-heart jack-o-lantern christmas-tree
    party-popper robot ghost alien skull grinning-face smiling-face-with-sunglasses crying-face angry-face
    alien-monster fireworks magnet microscope telescope satellite broom red-paper-lantern ferris-wheel carousel-horse
    stadium church school hospital lighthouse fountain game-die joystick video-game puzzle-piece magic-wand
    crystal-ball money-bag coin parachute canoe speedboat delivery-truck racing-car skateboard roller-skate
    boomerang""".split()
)
# The concepts that the first model learned from; kept at half of all scenes.
CORE = frozenset(
    """cat-face dog-face cat dog fox lion tiger-face bear panda koala rabbit-face mouse-face pig-face frog monkey-face
    chicken penguin owl duck eagle elephant giraffe zebra turtle fish tropical-fish whale octopus crab butterfly
    honeybee lady-beetle snail red-apple green-apple banana grapes strawberry watermelon pineapple cherries peach lemon
    tomato carrot mushroom bread cheese-wedge hamburger pizza doughnut cookie birthday-cake ice-cream rose sunflower
    tulip cactus deciduous-tree evergreen-tree palm-tree sun star rainbow rocket automobile house castle red-heart
    balloon umbrella gem-stone crown robot ghost guitar bicycle airplane sailboat unicorn dragon-face horse dolphin
    shark snowman christmas-tree mountain volcano cloud fire light-bulb camera trophy bus locomotive wolf hedgehog
    flamingo""".split()
)
# Drawings that nobody would ask for by name, or that are not told apart at 64 pixels.
OBSCURE = frozenset(
    """falafel fondue oden tamale microbe mate dango bento-box flatbread stuffed-flatbread rice-cracker moon-cake
    fish-cake-with-swirl empty-nest pouring-liquid amphora beverage-box canned-food leaf-fluttering-in-wind cockroach
    mosquito worm service-dog guide-dog pig-nose spider-web fried-shrimp shallow-pan-of-food pot-of-food sheaf-of-rice
    custard curry-rice cooked-rice wing wilted-flower shortcake rosette ewe stadium ginger-root""".split()
)
# Everyday names for Unicode's.
ALIASES = {
    "automobile": "car",
    "deciduous-tree": "tree",
    "evergreen-tree": "pine tree",
    "honeybee": "bee",
    "lady-beetle": "ladybug",
    "locomotive": "train",
    "doughnut": "donut",
    "gem-stone": "diamond",
    "red-apple": "apple",
    "wrapped-gift": "gift",
    "cheese-wedge": "cheese",
    "jack-o-lantern": "pumpkin",
    "two-hump-camel": "camel",
    "hot-beverage": "cup of coffee",
    "ear-of-corn": "corn",
    "globe-with-meridians": "globe",
    "red-heart": "heart",
    "game-die": "dice",
    "flying-saucer": "ufo",
    "birthday-cake": "cake",
    "spouting-whale": "whale",
    "front-facing-baby-chick": "chick",
    "beer-mug": "beer",
    "bread": "loaf of bread",
    "soft-ice-cream": "ice cream cone",
    "grinning-face": "smiling face",
    "red-paper-lantern": "lantern",
    "high-heeled-shoe": "high heel",
    "running-shoe": "sneaker",
    "t-rex": "dinosaur",
    "sauropod": "dinosaur",
    "cut-of-meat": "steak",
    "steaming-bowl": "bowl of noodles",
    "kitchen-knife": "knife",
    "fork-and-knife": "cutlery",
    "tropical-drink": "cocktail",
    "potted-plant": "plant in a pot",
    "hippopotamus": "hippo",
    "rhinoceros": "rhino",
    "fire-engine": "fire truck",
    "desert-island": "island",
}
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
            width, height = icon.get("width", data.get("width", 16)), icon.get("height", data.get("height", 16))
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
    data: dict[str, Any] = json.loads((node_modules / icons.package / "icons.json").read_text(encoding="utf-8"))
    return data

"""Makes a recipe's data where it is not there yet."""

from __future__ import annotations

from pathlib import Path

from generators.training.data.scenes import Mix
from generators.training.recipe import Recipe


def prepare(
    recipe: Recipe, folder: Path, icons: Path | None, workers: int = 1, *, live: bool = False
) -> None:
    """Sprites, then training and validation scenes where the recipe asks for any, under `folder`; each is made only
    where it is missing.

    icons: a node_modules folder with the packages that sprites.py names; needed while there are no sprites. workers: processes that compose.
    live: no training scenes, which a stream composes.
    Raises FileNotFoundError, with what to do, where it is missing.
    """
    from generators.training.data import cache, sprites

    if not recipe.data:
        return
    drawn = folder / "sprites"
    if not (drawn / "sprites.json").exists() and not (folder / "train" / "scenes.json").exists():
        if icons is None or not icons.is_dir():
            packages = " ".join(f"{icon.package}@{icon.version}" for icon in sprites.SETS)
            names, version, _ = sprites.NAMES
            raise FileNotFoundError(
                "Sprites are drawn from icon sets. Run: npm install --ignore-scripts "
                f"{packages} {names}@{version}\nand give its node_modules folder as --icons."
            )
        sprites.render(icons, drawn)
    if "scenes" not in recipe.data:
        return
    mix = Mix(**recipe.data.get("mix", {}))
    for name, offset in (("train", 0), ("validation", 1))[live:]:
        if not (folder / name / "scenes.json").exists():
            cache.make(
                drawn,
                folder / name,
                count=int(recipe.data["scenes" if name == "train" else "validation"]),
                seed=recipe.seed + offset,
                mix=mix,
                workers=workers,
            )

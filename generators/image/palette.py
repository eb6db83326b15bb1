"""A brand kit in a picture: its colours, in the words that a prompt understands."""

from __future__ import annotations

from collections.abc import Sequence

from generators.brand import BrandKit


def names_of(values: Sequence[str]) -> list[str]:
    """The name nearest to each "#rrggbb", each name once; those that describe pictures here (colours.py)."""
    import numpy as np

    from generators.image.colours import nearest_names

    if not values:
        return []
    pixels = np.array([list(bytes.fromhex(value[1:])) for value in values], dtype=np.uint8)
    return list(dict.fromkeys(nearest_names(pixels)))


def tinted(prompt: str, kit: BrandKit | None) -> tuple[str, list[str]]:
    """(prompt, notes) with the kit's colours behind the prompt: "a lamp" becomes "a lamp, in teal, orange and white"."""
    names = names_of([colour.value for colour in kit.colours]) if kit else []
    if not kit or not names:
        return prompt, []
    words = f"in {', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else f"in {names[0]}"
    return f"{prompt}, {words}", [f"The colours of {kit.name} were added to the prompt: {words}."]

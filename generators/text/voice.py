"""A brand kit in a text: what the model is told of it, and which of the words to avoid were written all the same.

Small models follow such an instruction weakly; so what they wrote is looked at, and never changed.
"""

from __future__ import annotations

import re

from generators.brand import BrandKit


def instruction(kit: BrandKit) -> str:
    """What stands with the system prompt; "" where the kit says nothing of words."""
    said = []
    if kit.tone.strip():
        said.append(f"Tone of voice: {kit.tone.strip()}")
    if kit.words:
        said.append(f"Use these words where they fit: {', '.join(kit.words)}.")
    if kit.avoid:
        said.append(f"Never use these words: {', '.join(kit.avoid)}.")
    return "\n".join([f"You write for {kit.name}.", *said]) if said else ""


def avoided(kit: BrandKit, text: str) -> list[str]:
    """The words to avoid that the text uses, as whole words in any case, in the kit's order."""
    folded = " ".join(text.casefold().split())
    return [word for word in kit.avoid if _is_in(" ".join(word.casefold().split()), folded)]


def notes(kit: BrandKit, text: str) -> list[str]:
    """A sentence for the person where the text uses such words."""
    found = avoided(kit, text)
    return [f"It uses words that {kit.name} avoids: {', '.join(found)}"] if found else []


def _is_in(word: str, folded: str) -> bool:
    return bool(word) and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", folded) is not None

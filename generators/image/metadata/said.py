"""What a picture's texts say of how it was made, in one shape for all dialects."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, dataclass, field
from typing import Any

VALUE_CHARACTERS = 500  # of a value that is shown only
UNMAPPED = 60  # pairs that are kept


@dataclass
class Said:
    """source: the tool that wrote it. guidance: classifier-free guidance scale. strength: 0 to 1, of an image-to-image
    run. sampler: as the source names it. loras: (name, weight). unmapped: (name, value) of what has no place here.

    A number that is missing or makes no sense is None.
    """

    source: str
    prompt: str = ""
    negative_prompt: str = ""
    seed: int | None = None
    steps: int | None = None
    guidance: float | None = None
    strength: float | None = None
    sampler: str = ""
    width: int | None = None
    height: int | None = None
    model: str = ""
    model_hash: str = ""
    loras: list[tuple[str, float]] = field(default_factory=list)
    unmapped: list[tuple[str, str]] = field(default_factory=list)

    def says_something(self) -> bool:
        """Whether anything was understood."""
        return bool(self.prompt or self.seed is not None or self.steps is not None or self.model)

    def left(self, name: object, value: object) -> None:
        """Note what cannot be mapped."""
        words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        if len(self.unmapped) < UNMAPPED and words not in ("", "null", "[]", "{}"):
            self.unmapped.append((str(name)[:80], words[:VALUE_CHARACTERS]))

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def whole(value: object) -> int | None:
    """An integer of at most 20 digits from a number or its text; None else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < 10**20 else None
    number = decimal(value)
    if number is None or number != int(number):
        return None
    text = value.strip() if isinstance(value, str) else ""
    return int(text) if text.lstrip("+-").isdecimal() and len(text) <= 20 else int(number)


def decimal(value: object) -> float | None:
    """A finite number from a number or its text; None else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 40:
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def text(value: object) -> str:
    """A text; "" for what is none."""
    return value.strip() if isinstance(value, str) else ""


def stem(name: object) -> str:
    """A model's name without folders and the file's ending."""
    words = text(name).replace("\\", "/").rsplit("/", 1)[-1]
    for ending in (".safetensors", ".ckpt", ".gguf", ".pt", ".bin"):
        words = words.removesuffix(ending)
    return words


_NO_LETTERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters but tab and line feed, and those that turn the direction of what follows."""


def plain(words: str) -> str:
    """A text without what no keyboard writes."""
    return _NO_LETTERS.sub("", words.replace("\r\n", "\n"))


def mapping(words: str) -> dict[str, Any] | None:
    """A JSON object from a text; None where it is none, or nested too deeply to be one that a tool wrote."""
    try:
        found = json.loads(words)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None

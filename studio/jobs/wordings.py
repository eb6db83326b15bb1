"""Dynamic prompts: `{a|b}` stands for each of its wordings; every combination is made.

Choices nest, at most 20 deep. A backslash keeps the next character as it is; braces without a partner, or without a
bar between them, stay text.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod

DEEPEST = 20


@dataclass
class _Sequence:
    """Text and choices, one after another."""

    items: list[str | _Choice] = field(default_factory=list)

    def count(self) -> int:
        return prod(item.count() for item in self.items if isinstance(item, _Choice))

    def each(self) -> Iterator[str]:
        parts = [item.each() if isinstance(item, _Choice) else [item] for item in self.items]
        for combination in itertools.product(*parts):
            yield "".join(combination)


@dataclass
class _Choice:
    ways: list[_Sequence]

    def count(self) -> int:
        return sum(way.count() for way in self.ways)

    def each(self) -> Iterator[str]:
        for way in self.ways:
            yield from way.each()


def _choices(text: str) -> dict[int, int]:
    """Where each choice begins, and where it ends: braces that have a partner and a bar of their own.

    One pass, so that no text takes long, whatever its braces are.
    """
    found: dict[int, int] = {}
    open_braces: list[tuple[int, bool]] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 1
        elif char == "{":
            open_braces.append((at, False))
        elif char == "|" and open_braces:
            open_braces[-1] = (open_braces[-1][0], True)
        elif char == "}" and open_braces:
            begin, barred = open_braces.pop()
            if barred:
                found[begin] = at
        at += 1
    return found


def _parse(text: str, at: int, end: int, choices: dict[int, int], depth: int) -> list[_Sequence]:
    """The ways between the bars of text[at:end]; outside a choice (depth 0) a bar is text."""
    if depth > DEEPEST:
        raise ValueError(f"Choices nest at most {DEEPEST} deep.")
    ways = [_Sequence()]
    while at < end:
        char = text[at]
        if char == "\\" and at + 1 < end:
            ways[-1].items.append(text[at + 1])
            at += 2
        elif at in choices:
            ways[-1].items.append(_Choice(_parse(text, at + 1, choices[at], choices, depth + 1)))
            at = choices[at] + 1
        elif char == "|" and depth:
            ways.append(_Sequence())
            at += 1
        else:
            ways[-1].items.append(char)
            at += 1
    return ways


def _tree(text: str) -> _Sequence:
    return _parse(text, 0, len(text), _choices(text), 0)[0]


def count_wordings(text: str) -> int:
    """How many prompts `text` stands for, without making them."""
    return _tree(text).count()


def wordings(text: str) -> Iterator[str]:
    """Each prompt that `text` stands for, the last choice varying fastest."""
    yield from _tree(text).each()

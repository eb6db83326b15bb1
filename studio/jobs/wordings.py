"""Dynamic prompts: `{a|b}` stands for each of its wordings; every combination is made.

Choices nest. A backslash keeps the next character as it is; a brace without its partner stays text.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod


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


def _parse(text: str, at: int, depth: int) -> tuple[list[_Sequence], int, bool]:
    """Ways between bars from `at` on; (ways, where it stopped, whether a closing brace ended it)."""
    ways = [_Sequence()]
    while at < len(text):
        char = text[at]
        if char == "\\" and at + 1 < len(text):
            ways[-1].items.append(text[at + 1])
            at += 2
        elif char == "{":
            inner, end, closed = _parse(text, at + 1, depth + 1)
            if closed and len(inner) > 1:
                ways[-1].items.append(_Choice(inner))
                at = end
            else:
                ways[-1].items.append("{")
                at += 1
        elif char == "|" and depth:
            ways.append(_Sequence())
            at += 1
        elif char == "}" and depth:
            return ways, at + 1, True
        else:
            ways[-1].items.append(char)
            at += 1
    return ways, at, False


def _tree(text: str) -> _Sequence:
    return _parse(text, 0, 0)[0][0]


def count_wordings(text: str) -> int:
    """How many prompts `text` stands for, without making them."""
    return _tree(text).count()


def wordings(text: str) -> Iterator[str]:
    """Each prompt that `text` stands for, the last choice varying fastest."""
    yield from _tree(text).each()

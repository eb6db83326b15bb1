"""Dynamic prompts: the wordings that a text with choices stands for. The whole grammar is here.

    {a|b}              each of them in turn; choices nest, at most 20 deep
    {2$$a|b|c}         each two of them, in the order in which they stand, with ", " between
    {2$$ and $$a|b|c}  with " and " between
    {0-2$$a|b|c}       none, one or two of them
    __colour__         each line of the list of that name; lines may hold choices and lists themselves. A list among the
                       ways of a choice, as in {2$$__colour__|white}, gives it each of its lines
    \\{ \\| \\} \\_ \\$ \\\\   the character itself

Braces without a partner, braces that hold no bar and no number, and names of no list stay text: no text is an error,
except for lists that lead back to themselves, and numbers that a choice cannot give.
"""

from __future__ import annotations

import random
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import prod

DEEPEST = 20
MOST_TAKEN = 20
MOST_TOLD = (
    10**12
)  # of `counts`: beyond, nobody counts, and a number of ten thousand digits cannot be written
NO_LISTS: Mapping[str, Sequence[str]] = {}
_NUMBER = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?\$\$(?:([^{}|\\$]{0,40})\$\$)?")
NAME = r"[^\W_](?:(?:(?!__)[\w -]){0,38}[^\W_])?"
"""What a list may be called: letters, digits, and between them also single _, - and spaces."""
_LIST = re.compile(f"__({NAME})__")
_PLAIN = re.compile(r"[^\\{_]+")


class Wordings:
    """The wordings of a text: how many there are is known without making them, and any of them is made alone.

    lists: name → lines. Raises ValueError, with words for people, where the text or a list cannot be read.
    """

    def __init__(self, text: str, lists: Mapping[str, Sequence[str]] = NO_LISTS) -> None:
        self._tree = _Reader(lists).read(text)
        self.count: int = self._tree.count

    def at(self, number: int) -> str:
        """Wording `number`, of 0 … count - 1; the last choice varies fastest."""
        if not 0 <= number < self.count:
            raise IndexError(number)
        return self._tree.at(number)

    def __iter__(self) -> Iterator[str]:
        return map(self.at, _numbers(self.count))

    def drawn(self, most: int, seed: int) -> Iterator[str]:
        """At most that many different ones by chance, in their order; the same seed draws the same."""
        if most >= self.count:
            return iter(self)
        dice = random.Random(seed)
        if 2 * most >= self.count:
            chosen = set(dice.sample(range(self.count), most))
        else:
            chosen = set()
            while len(chosen) < most:
                chosen.add(dice.randrange(self.count))
        return map(self.at, sorted(chosen))


def counts(lists: Mapping[str, Sequence[str]]) -> dict[str, list[int]]:
    """Of each list how many wordings each of its lines stands for. Lists that cannot be read are left out."""
    reader = _Reader(lists)
    found: dict[str, list[int]] = {}
    for name in lists:
        try:
            found[name] = [min(way.count, MOST_TOLD) for way in reader.lines(name).ways]
        except ValueError:  # another list that it names was changed meanwhile
            continue
    return found


def _numbers(count: int) -> Iterator[int]:
    """As `range`, which knows no numbers beyond 2**63."""
    number = 0
    while number < count:
        yield number
        number += 1


@dataclass(frozen=True)
class _Text:
    text: str
    count: int = 1

    def at(self, number: int) -> str:
        return self.text


@dataclass(frozen=True)
class _Sequence:
    """Text and choices, one after another."""

    items: list[_Node]

    @cached_property
    def count(self) -> int:
        return prod(item.count for item in self.items)

    def at(self, number: int) -> str:
        said: list[str] = []
        for item in reversed(self.items):
            number, own = divmod(number, item.count)
            said.append(item.at(own))
        return "".join(reversed(said))


@dataclass(frozen=True)
class _OneOf:
    ways: list[_Node]

    @cached_property
    def count(self) -> int:
        return self._ends[-1]

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(way.count for way in self.ways))

    def at(self, number: int) -> str:
        way = bisect_right(self._ends, number)
        return self.ways[way].at(number - (self._ends[way - 1] if way else 0))


class _Lines(_OneOf):
    """Those of a list."""


@dataclass(frozen=True)
class _SomeOf:
    """`least` to `most` of the ways."""

    ways: list[_Node]
    least: int
    most: int
    between: str

    @cached_property
    def count(self) -> int:
        return sum(self._left[0][taken] for taken in range(self.least, self.most + 1))

    @cached_property
    def _left(self) -> list[list[int]]:
        """[first][taken]: wordings of so many ways from the first on (elementary symmetric polynomials)."""
        table = [[1] + [0] * self.most]
        for way in reversed(self.ways):
            after = table[-1]
            table.append(
                [1] + [after[taken] + way.count * after[taken - 1] for taken in range(1, self.most + 1)]
            )
        return table[::-1]

    def at(self, number: int) -> str:
        taken = self.least
        while number >= self._left[0][taken]:
            number -= self._left[0][taken]
            taken += 1
        said: list[str] = []
        for way, after in zip(self.ways, self._left[1:], strict=True):
            if not taken:
                break
            here = way.count * after[taken - 1]
            if number >= here:
                number -= here
                continue
            own, number = divmod(number, after[taken - 1])
            said.append(way.at(own))
            taken -= 1
        return self.between.join(said)


_Node = _Text | _Sequence | _OneOf | _SomeOf


class _Reader:
    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._lists = lists
        self._known: dict[str, _Lines] = {}
        self._inside: list[str] = []

    def read(self, text: str) -> _Sequence:
        if _PLAIN.fullmatch(text):  # most lines of most lists
            return _Sequence([_Text(text)])
        return self._parse(text, 0, len(text), _choices(text), 0)[0]

    def _parse(self, text: str, at: int, end: int, choices: dict[int, int], depth: int) -> list[_Sequence]:
        """The ways between the bars of text[at:end]; outside a choice (depth 0) a bar is text."""
        if depth + len(self._inside) > DEEPEST:
            raise ValueError(f"Choices nest at most {DEEPEST} deep.")
        ways = [_Sequence([])]
        said: list[str] = []

        def tell() -> None:
            if said:
                ways[-1].items.append(_Text("".join(said)))
                said.clear()

        while at < end:
            char = text[at]
            named = _LIST.match(text, at, end) if char == "_" else None
            if char == "\\" and at + 1 < end:
                said.append(text[at + 1])
                at += 2
            elif named and named[1] in self._lists:
                tell()
                ways[-1].items.append(self.lines(named[1]))
                at = named.end()
            elif at in choices:
                tell()
                ways[-1].items.append(self._choice(text, at, choices, depth + 1))
                at = choices[at] + 1
            elif char == "|" and depth:
                tell()
                ways.append(_Sequence([]))
                at += 1
            else:
                said.append(char)
                at += 1
        tell()
        return ways

    def _choice(self, text: str, at: int, choices: dict[int, int], depth: int) -> _Node:
        number = _NUMBER.match(text, at + 1, choices[at])
        ways: list[_Node] = []
        for way in self._parse(text, number.end() if number else at + 1, choices[at], choices, depth):
            alone = way.items[0] if len(way.items) == 1 else None
            ways += alone.ways if isinstance(alone, _Lines) else [way]
        if number is None:
            return _OneOf(ways)
        least = int(number[1])
        most = int(number[2]) if number[2] else least
        if not least <= most <= min(len(ways), MOST_TAKEN):
            raise ValueError(
                f"{text[at : choices[at] + 1][:60]} takes {number[0].split('$$')[0]} of {len(ways)} ways;"
                f" that cannot be (and more than {MOST_TAKEN} are never taken)."
            )
        return _SomeOf(ways, least, most, ", " if number[3] is None else number[3])

    def lines(self, name: str) -> _Lines:
        if name in self._inside:
            raise ValueError(f"The list {name} leads back to itself.")
        if name not in self._known:
            self._inside.append(name)
            try:
                self._known[name] = _Lines([self.read(line) for line in self._lists[name]] or [_Text("")])
            finally:
                self._inside.pop()
        return self._known[name]


def _choices(text: str) -> dict[int, int]:
    """Where each choice begins, and where it ends: braces that have a partner, and a bar of their own or a number.

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
            open_braces.append((at, _NUMBER.match(text, at + 1) is not None))
        elif char == "|" and open_braces:
            open_braces[-1] = (open_braces[-1][0], True)
        elif char == "}" and open_braces:
            begin, is_choice = open_braces.pop()
            if is_choice:
                found[begin] = at
        at += 1
    return found

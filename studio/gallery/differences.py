"""What differs between two assets: their inputs, their prompts word by word, their texts line by line and word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from studio.gallery.models import Asset
from studio.gallery.offsets import lines_of
from studio.gallery.templatetags.gallery import label_of, value_of

Kind = Literal["same", "out", "in"]
TOKENS = re.compile(r"\n|[^\S\n]*(?:\w+|[^\w\s])|[^\S\n]+")
"""Words and signs with the blank before them: blanks of their own are so common that comparing takes minutes."""
LINES = re.compile(r"[^\n]*\n|[^\n]+")
WORK = 1_000_000  # pairs of words compared at most; beyond it a passage is shown as gone and come
SAME = 6  # lines of a passage that did not change shown at each of its ends, at most
WORDS_FROM = 24  # characters from which a value's words are compared
LIKE = 0.35  # below it, words in common are chance


@dataclass(frozen=True)
class Piece:
    """A run of text that stayed, went ("out") or came ("in")."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Passage:
    """Lines that stayed (one piece) or changed. first, second: the numbers of its first line in each text, from 1.

    hidden: so many lines of it are folded away on a page, between `head` and `tail`.
    """

    changed: bool
    pieces: list[Piece]
    first: int
    second: int

    @property
    def lines(self) -> list[str]:
        return LINES.findall(self.pieces[0].text) if self.pieces else []

    @property
    def hidden(self) -> int:
        return 0 if self.changed else max(0, len(self.lines) - 2 * SAME)

    @property
    def head(self) -> str:
        return "".join(self.lines[:SAME])

    @property
    def middle(self) -> str:
        return "".join(self.lines[SAME : len(self.lines) - SAME])

    @property
    def tail(self) -> str:
        return "".join(self.lines[len(self.lines) - SAME :])


@dataclass(frozen=True)
class InputDiff:
    """One input of two assets; None where one of them has it not. pieces: of long words that changed."""

    name: str
    label: str
    before: str | None
    after: str | None
    pieces: list[Piece]

    @property
    def same(self) -> bool:
        return self.before == self.after


@dataclass(frozen=True)
class Difference:
    """inputs: all that either has, in the order of the forms. text: only where both are texts."""

    inputs: list[InputDiff]
    text: list[Passage] | None = None

    @property
    def changed(self) -> list[InputDiff]:
        return [each for each in self.inputs if not each.same]

    @property
    def same(self) -> list[InputDiff]:
        return [each for each in self.inputs if each.same]


def difference(before: Asset, after: Asset) -> Difference:
    """What differs in how two assets were made. Their texts are not read: see `passages`."""
    first, second = _inputs(before), _inputs(after)
    names = list(dict.fromkeys([*first, *second]))
    found = [_input(name, first.get(name), second.get(name)) for name in names]
    return Difference([each for each in found if (each.before, each.after) != (None, None)])


def _inputs(asset: Asset) -> dict[str, Any]:
    """Tool and model, then every input as it was."""
    inputs: dict[str, Any] = dict(asset.facts.get("inputs") or {})
    prompt = inputs.pop("prompt", asset.prompt)
    return {"prompt": prompt, "tool": asset.tool, "model": asset.model} | inputs


def _input(name: str, before: Any, after: Any) -> InputDiff:
    said = [None if value in (None, "", []) else value_of(value) for value in (before, after)]
    long = all(value is not None and len(value) >= WORDS_FROM for value in said)
    pieces = words(said[0] or "", said[1] or "") if long and said[0] != said[1] else []
    return InputDiff(name, label_of(name), said[0], said[1], pieces)


def words(before: str, after: str) -> list[Piece]:
    """Two short texts word by word."""
    first, second = TOKENS.findall(before), TOKENS.findall(after)
    if len(first) * len(second) > WORK:
        return _replaced(before, after)
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    if matcher.ratio() < LIKE:
        return _replaced(before, after)
    pieces: list[Piece] = []
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(first[a1:a2])))
            continue
        pieces += _replaced("".join(first[a1:a2]), "".join(second[b1:b2]))
    return pieces


def _replaced(before: str, after: str) -> list[Piece]:
    return [piece for piece in (Piece("out", before), Piece("in", after)) if piece.text]


def passages(before: str, after: str) -> list[Passage]:
    """Two texts line by line, and where lines changed, word by word. Line ends of any kind count alike."""
    first, second = LINES.findall(lines_of(before)), LINES.findall(lines_of(after))
    return list(_passages(first, second))


def _passages(first: list[str], second: list[str]) -> Iterator[Passage]:
    head = _common(first, second)
    tail = _common(first[head:][::-1], second[head:][::-1])
    if head:
        yield Passage(False, [Piece("same", "".join(first[:head]))], 1, 1)
    inner, other = first[head : len(first) - tail], second[head : len(second) - tail]
    matcher = SequenceMatcher(None, inner, other, autojunk=len(inner) * len(other) > WORK)
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        old, new = "".join(inner[a1:a2]), "".join(other[b1:b2])
        places = head + a1 + 1, head + b1 + 1
        if tag == "equal":
            yield Passage(False, [Piece("same", old)], *places)
        else:
            yield Passage(True, words(old, new) if old and new else _replaced(old, new), *places)
    if tail:
        yield Passage(
            False,
            [Piece("same", "".join(first[len(first) - tail :]))],
            len(first) - tail + 1,
            len(second) - tail + 1,
        )


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    """How many lines the two begin with alike."""
    for at, (one, other) in enumerate(zip(first, second, strict=False)):
        if one != other:
            return at
    return min(len(first), len(second))


def difference_json(found: Difference) -> dict[str, Any]:
    """As the API tells it."""
    return {
        "inputs": [
            {
                "name": each.name,
                "label": each.label,
                "before": each.before,
                "after": each.after,
                "same": each.same,
                "pieces": _pieces(each.pieces),
            }
            for each in found.inputs
        ],
        "text": None if found.text is None else passages_json(found.text),
    }


def passages_json(found: Sequence[Passage]) -> list[dict[str, Any]]:
    return [
        {
            "changed": each.changed,
            "pieces": _pieces(each.pieces),
            "first": each.first,
            "second": each.second,
        }
        for each in found
    ]


def _pieces(pieces: Sequence[Piece]) -> list[dict[str, str]]:
    return [{"kind": piece.kind, "text": piece.text} for piece in pieces]

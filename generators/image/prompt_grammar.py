"""The grammar of image prompts: weights, wordings that change on the way, chunks. Torch-free; no text is an error.

    (word)  (word:1.3)   weight 1.1, or the one that is said; weights nest by multiplying
    [word]               weight 1/1.1
    [a|b]                alternates: a at the first step, b at the second, a at the third …
    [a:b:0.5]  [b:0.5]  [a::8]
                         a, then b from half of the steps on; b only from then on; a only for the first eight steps.
                         A number with a point is a share of the steps, a whole one a step.
    BREAK                what follows stands in a chunk of its own (see encode.py)
    \\( \\) \\[ \\] \\| \\: \\\\  the character itself
    <lora:name:0.8>      no words: the LoRA of that name, with that weight (1 where none is said). It is taken out at submit,
                         where the names are known; one that no LoRA has stays text

The dialect is that of AUTOMATIC1111's web UI (wiki page "Features", attention/emphasis, prompt editing, alternating
words), so that people's prompts mean here what they meant there. Ours alone: brackets without a partner stay text.
`{a|b}` is no part of it: it makes several jobs, before a prompt comes here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

STRONGER = 1.1
MOST = 5.0  # weights lie within ±5: beyond, every encoder's answer is noise
DEEPEST = 30  # brackets inside brackets; deeper ones stay text
ESCAPED = frozenset("()[]|:\\")
_PARTNER = {")": "(", "]": "["}
_WEIGHT = re.compile(r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+))\s*")
_WHEN = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*")
_BREAK = re.compile(r"\bBREAK\b")
_LORA = re.compile(
    r"<lora:([^:<>]{1,200})(?::\s*([+-]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))\s*)?(?::[^<>]{0,40})?>"
)


@dataclass(frozen=True)
class LoraWord:
    """`<lora:name:weight>` as it stands in a prompt; `text` is all of it."""

    text: str
    name: str
    weight: float


def lora_words(text: str) -> list[LoraWord]:
    """Those in a prompt, in their order."""
    return [LoraWord(hit[0], hit[1].strip(), float(hit[2] or 1)) for hit in _LORA.finditer(text)]


def without_words(text: str, words: Collection[LoraWord]) -> str:
    """The prompt without these, and without the gaps that they leave."""
    for word in words:
        text = text.replace(word.text, "")
    return re.sub(r"[ \t]{2,}", " ", text).strip(" ,") if words else text


@dataclass(frozen=True)
class Piece:
    """Words with one weight. chunk: 0 for what stands before the first BREAK, 1 for what follows it …"""

    text: str
    weight: float = 1.0
    chunk: int = 0


@dataclass(frozen=True)
class _Weighted:
    inner: tuple[_Node, ...]
    weight: float


@dataclass(frozen=True)
class _Alternating:
    ways: tuple[tuple[_Node, ...], ...]


@dataclass(frozen=True)
class _Scheduled:
    before: tuple[_Node, ...]
    after: tuple[_Node, ...]
    when: float
    share: bool  # whether `when` is a share of the steps


_Node = str | _Weighted | _Alternating | _Scheduled


@dataclass(frozen=True)
class Prompt:
    """A prompt as it was read. `nodes` is the tree; ask `at`, `plain` and `words`."""

    nodes: tuple[_Node, ...]

    @property
    def plain(self) -> str | None:
        """The text where it is nothing but text, else None."""
        pieces = self.at(0, 1)
        if self.changes or any(piece.weight != 1 or piece.chunk for piece in pieces):
            return None
        return "".join(piece.text for piece in pieces)

    @property
    def weighted(self) -> bool:
        """Whether some words weigh more or less than others."""
        return any(isinstance(node, _Weighted) and node.weight != 1 for node in _walk(self.nodes))

    @property
    def changes(self) -> bool:
        """Whether the wording changes from step to step."""
        return any(isinstance(node, _Alternating | _Scheduled) for node in _walk(self.nodes))

    def at(self, step: int, steps: int) -> tuple[Piece, ...]:
        """What it says at a step, 0 ≤ step < steps; neighbours of one weight are one piece."""
        joined: list[Piece] = []
        for piece in _chunked(_spoken(self.nodes, 1.0, step, steps)):
            last = joined[-1] if joined else None
            if last is not None and (last.weight, last.chunk) == (piece.weight, piece.chunk):
                joined[-1] = replace(last, text=last.text + piece.text)
            else:
                joined.append(piece)
        return tuple(joined)

    def words(self, step: int = 0, steps: int = 1) -> str:
        """What it says at a step, without weights and breaks: for encoders that read sentences."""
        chunks: dict[int, str] = {}
        for piece in self.at(step, steps):
            chunks[piece.chunk] = chunks.get(piece.chunk, "") + piece.text
        if len(chunks) < 2:
            return "".join(chunks.values())
        return " ".join(text.strip() for text in chunks.values() if text.strip())

    def every_word(self) -> str:
        """All its wordings' words, one after the other."""
        return " ".join(_BREAK.sub(" ", node) for node in _walk(self.nodes) if isinstance(node, str))


def parse(text: str) -> Prompt:
    """Read a prompt. Every text is one; it takes time in proportion to its length."""
    return Prompt(_Reader(text).nodes(0, len(text), 0))


def _walk(nodes: tuple[_Node, ...]) -> Iterator[_Node]:
    for node in nodes:
        yield node
        if isinstance(node, _Weighted):
            yield from _walk(node.inner)
        elif isinstance(node, _Alternating):
            for way in node.ways:
                yield from _walk(way)
        elif isinstance(node, _Scheduled):
            yield from _walk(node.before)
            yield from _walk(node.after)


def _spoken(nodes: tuple[_Node, ...], weight: float, step: int, steps: int) -> Iterator[Piece]:
    for node in nodes:
        if isinstance(node, str):
            yield Piece(node, max(-MOST, min(MOST, weight)))
        elif isinstance(node, _Weighted):
            yield from _spoken(node.inner, weight * node.weight, step, steps)
        elif isinstance(node, _Alternating):
            yield from _spoken(node.ways[step % len(node.ways)], weight, step, steps)
        else:
            begins = node.when * steps if node.share else node.when
            yield from _spoken(node.after if step >= begins else node.before, weight, step, steps)


def _chunked(pieces: Iterator[Piece]) -> Iterator[Piece]:
    chunk = 0
    for piece in pieces:
        for number, text in enumerate(_BREAK.split(piece.text)):
            chunk += number > 0
            if text:
                yield replace(piece, text=text, chunk=chunk)


class _Reader:
    """Knows where each bracket's partner is, and the bars and colons that stand directly inside each pair."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.ends: dict[int, int] = {}
        self.marks: dict[int, list[int]] = {}
        waiting: list[tuple[int, list[int]]] = []
        counts = {"(": 0, "[": 0}
        at = 0
        while at < len(text):
            char = text[at]
            if char == "\\" and text[at + 1 : at + 2] in ESCAPED:
                at += 1
            elif char in counts:
                waiting.append((at, []))
                counts[char] += 1
            elif char in _PARTNER and counts[_PARTNER[char]]:
                inside: list[int] = []
                while (
                    True
                ):  # brackets of the other kind that were left open are text, their marks this pair's
                    begin, marks = waiting.pop()
                    counts[text[begin]] -= 1
                    if text[begin] == _PARTNER[char]:
                        break
                    inside = marks + inside
                self.ends[begin], self.marks[begin] = at, marks + inside
            elif char in "|:" and waiting:
                waiting[-1][1].append(at)
            at += 1

    def nodes(self, at: int, end: int, depth: int) -> tuple[_Node, ...]:
        """text[at:end] as nodes."""
        found: list[_Node] = []
        words: list[str] = []

        def flush() -> None:
            if words:
                found.append("".join(words))
                words.clear()

        while at < end:
            char = self.text[at]
            if char == "\\" and self.text[at + 1 : at + 2] in ESCAPED and at + 1 < end:
                words.append(self.text[at + 1])
                at += 2
            elif at in self.ends and depth < DEEPEST:
                flush()
                found.append((self._round if char == "(" else self._square)(at, depth + 1))
                at = self.ends[at] + 1
            else:
                words.append(char)
                at += 1
        flush()
        return tuple(found)

    def _round(self, begin: int, depth: int) -> _Node:
        end = self.ends[begin]
        colons = [mark for mark in self.marks[begin] if self.text[mark] == ":"]
        if colons and (said := _WEIGHT.fullmatch(self.text, colons[-1] + 1, end)):
            weight = max(-MOST, min(MOST, float(said[1])))
            return _Weighted(self.nodes(begin + 1, colons[-1], depth), weight)
        return _Weighted(self.nodes(begin + 1, end, depth), STRONGER)

    def _square(self, begin: int, depth: int) -> _Node:
        end = self.ends[begin]
        bars = [mark for mark in self.marks[begin] if self.text[mark] == "|"]
        if bars:
            edges = [begin, *bars, end]
            ways = (self.nodes(left + 1, right, depth) for left, right in pairwise(edges))
            return _Alternating(tuple(ways))
        colons = [mark for mark in self.marks[begin] if self.text[mark] == ":"]
        if colons and (said := _WHEN.fullmatch(self.text, colons[-1] + 1, end)):
            first = colons[-2] if len(colons) > 1 else begin
            before = self.nodes(begin + 1, first, depth) if len(colons) > 1 else ()
            share = "." in said[1] and float(said[1]) <= 1
            return _Scheduled(before, self.nodes(first + 1, colons[-1], depth), float(said[1]), share)
        return _Weighted(self.nodes(begin + 1, end, depth), 1 / STRONGER)

"""Places in a text, counted alike in Python and in the browser (static/js/text/offsets.js is the same in JavaScript).

An offset counts Unicode code points of the text with every line end as one "\\n": a browser's text box has no other, and
its own indexes count UTF-16 units, of which an emoji has two. A combining mark counts for itself.
"""

from __future__ import annotations


def lines_of(text: str) -> str:
    """The text with every line end ("\\r\\n", "\\r", "\\n") as "\\n": what offsets count in."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def to_units(text: str, offset: int) -> int:
    """Where in UTF-16 units the code point at `offset` begins; an offset outside goes to the nearest end."""
    return len(text[: max(0, offset)].encode("utf-16-le", "surrogatepass")) // 2


def to_points(text: str, units: int) -> int:
    """How many code points begin before this place in UTF-16 units; in the middle of one: at its beginning."""
    before = text.encode("utf-16-le", "surrogatepass")[: 2 * max(0, units)]
    if len(before) >= 2 and 0xD8 <= before[-1] <= 0xDB:  # ends in the first half of a pair
        before = before[:-2]
    return len(before.decode("utf-16-le", "surrogatepass"))

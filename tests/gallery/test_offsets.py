"""Places in a text: code points in Python, UTF-16 units in the browser. The browser's side: tests/browser/test_text_editor.py."""

from __future__ import annotations

import pytest

from studio.gallery.offsets import lines_of, to_points, to_units

TEXTS = [
    "",
    "plain words",
    "line\r\nend\rof\nthree kinds\r\n\r\n",
    "a 🚢 and 👨‍👩‍👧‍👦 and 🇳🇴",
    "e\u0301 is two, \u00e9 is one",
    "\U0001d53e\U0001d53e",  # outside the first plane, and nothing else
    "नमस्ते שלום 漢字",
]


@pytest.mark.parametrize("text", TEXTS)
def test_there_and_back(text: str) -> None:
    text = lines_of(text)
    assert "\r" not in text
    for offset in range(len(text) + 1):
        units = to_units(text, offset)
        assert units == sum(1 + (ord(c) > 0xFFFF) for c in text[:offset])
        assert to_points(text, units) == offset


def test_known_places() -> None:
    text = lines_of("a\r\n🚢b")
    assert to_units(text, 3) == 4
    assert to_points(text, 4) == 3
    assert to_points(text, 3) == 2  # in the middle of the ship: at its beginning
    assert (to_units(text, -5), to_units(text, 99)) == (0, 5)
    assert (to_points(text, -5), to_points(text, 99)) == (0, 4)

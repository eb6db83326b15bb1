"""What the built-in model is said to have words for follows from what it was taught."""

from __future__ import annotations

import json
from pathlib import Path

from generators.training import vocabulary

WEIGHTS = Path(__file__).resolve().parents[3] / "generators" / "weights" / "pocket-image"


def test_the_weights_come_with_it(tmp_path: Path) -> None:
    assert vocabulary.main([str(tmp_path)]) == 0
    assert (tmp_path / "vocabulary.json").read_text() == (WEIGHTS / "vocabulary.json").read_text()


def test_what_was_shown_seldom_is_no_word_of_it() -> None:
    known = vocabulary.vocabulary()
    assert {"cat", "teapot", "avocado"} <= set(known["names"])
    assert {"teal", "pixel", "sunset", "three"} <= set(known["words"])
    assert not {"saxophone", "axe"} & set(known["words"])
    assert json.loads((WEIGHTS / "vocabulary.json").read_text())["names"] == known["names"]

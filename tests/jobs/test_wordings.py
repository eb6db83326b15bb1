"""Dynamic prompts: what a text with choices stands for."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.jobs.wordings import count_wordings, wordings


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a lamp", ["a lamp"]),
        ("a {red|blue} lamp", ["a red lamp", "a blue lamp"]),
        ("{a|b} {x|y}", ["a x", "a y", "b x", "b y"]),
        ("{a|{b|c}}", ["a", "b", "c"]),
        ("{|very }old", ["old", "very old"]),
        ("{a}", ["{a}"]),
        ("{a{b|c}", ["{ab", "{ac"]),
        ("{a{b}c|d}", ["a{b}c", "d"]),
        ("x|y", ["x|y"]),
        (r"\{a|b\}", ["{a|b}"]),
        ("}{", ["}{"]),
        ("", [""]),
    ],
)
def test_it_works(text: str, found: list[str]) -> None:
    assert list(wordings(text)) == found
    assert count_wordings(text) == len(found)


@pytest.mark.parametrize("text", ["{" * 20_000, "{a}" * 6_000, "{" * 9_000 + "}" * 9_000, "{a|b}" * 4_000])
def test_no_text_takes_long(text: str) -> None:
    begun = time.process_time()
    assert count_wordings(text) >= 1
    assert time.process_time() - begun < 2


def test_choices_nest_only_so_deep() -> None:
    assert count_wordings("{a|" * 20 + "b" + "}" * 20) == 21
    with pytest.raises(ValueError, match="deep"):
        count_wordings("{a|" * 21 + "b" + "}" * 21)


@given(st.text(alphabet="{}|\\ab", max_size=14))
def test_the_count_is_what_is_made(text: str) -> None:
    assert count_wordings(text) == sum(1 for _one in wordings(text))

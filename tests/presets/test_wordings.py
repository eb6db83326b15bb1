"""Dynamic prompts: what a text with choices and lists stands for."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.presets.wordings import MOST_TOLD, Wordings, counts

LISTS = {
    "colour": ["red", "blue"],
    "thing": ["{old|new} lamp", "__colour__ door"],
    "deep-2 x": ["__thing__"],
    "round": ["__again__"],
    "again": ["x", "__round__"],
    "empty": [],
}


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
        ("{2$$a|b|c}", ["a, b", "a, c", "b, c"]),
        ("{2$$ and $$a|b|c}", ["a and b", "a and c", "b and c"]),
        ("{2$$$$a|b}!", ["ab!"]),
        ("{0-2$$a|b}", ["", "a", "b", "a, b"]),
        ("{2$${a|b}|c}", ["a, c", "b, c"]),
        ("{1$$a}", ["a"]),
        ("{$$a|b}", ["$$a", "b"]),
        (r"\{2$$a|b}", ["{2$$a|b}"]),
        ("a __colour__ lamp", ["a red lamp", "a blue lamp"]),
        ("__thing__", ["old lamp", "new lamp", "red door", "blue door"]),
        ("__deep-2 x__", ["old lamp", "new lamp", "red door", "blue door"]),
        ("{2$$__colour__|white}", ["red, blue", "red, white", "blue, white"]),
        ("{__colour__|white}", ["red", "blue", "white"]),
        ("__nobody__ in __init__.py", ["__nobody__ in __init__.py"]),
        (r"\__colour__", ["__colour__"]),
        ("__nobody__ __colour__", ["__nobody__ red", "__nobody__ blue"]),
        ("__nobody__colour__", ["__nobodyred", "__nobodyblue"]),
        ("___colour__", ["_red", "_blue"]),
        ("a__empty__b", ["ab"]),
    ],
)
def test_it_works(text: str, found: list[str]) -> None:
    made = Wordings(text, LISTS)
    assert list(made) == found
    assert made.count == len(found)
    with pytest.raises(IndexError):
        made.at(len(found))


@pytest.mark.parametrize(
    "text",
    [
        "{" * 20000,
        "{a}" * 6000,
        "{" * 9000 + "}" * 9000,
        "{a|b}" * 4000,
        "_" * 20000,
        "{2$$" * 5000,
        "{20$$" + "a|" * 9000 + "}",
    ],
)
def test_no_text_takes_long(text: str) -> None:
    begun = time.process_time()
    made = Wordings(text, LISTS)
    assert made.count >= 1
    assert made.at(made.count - 1) is not None
    assert time.process_time() - begun < 2


def test_choices_nest_only_so_deep() -> None:
    assert Wordings("{a|" * 20 + "b" + "}" * 20).count == 21
    with pytest.raises(ValueError, match="deep"):
        Wordings("{a|" * 21 + "b" + "}" * 21)


@pytest.mark.parametrize("text", ["{3$$a|b}", "{2-1$$a|b}", "{21$$" + "|" * 30 + "}"])
def test_numbers_that_cannot_be(text: str) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        Wordings(text)


def test_a_list_that_leads_back_to_itself() -> None:
    with pytest.raises(ValueError, match="itself"):
        Wordings("__round__", LISTS)


def test_drawn_by_chance() -> None:
    many = Wordings("{a|b|c|d|e|f|g|h} " * 40)
    assert many.count == 8**40
    some = list(many.drawn(100, 7))
    assert len(set(some)) == 100
    assert some == list(many.drawn(100, 7)) != list(many.drawn(100, 8))
    few = Wordings("{a|b|c}")
    assert list(few.drawn(9, 1)) == ["a", "b", "c"]
    assert len(set(few.drawn(2, 1))) == 2


def test_counts_are_told_of_what_can_be_read_and_counted() -> None:
    lists = LISTS | {"many": ["{a|b}" * 20_000], "plain": ["oak | elm }"]}
    told = counts(lists)
    assert told["thing"] == [2, 2]
    assert told["plain"] == [1]
    assert told["many"] == [MOST_TOLD]
    assert "round" not in told


def test_lists_of_lists_are_read_once() -> None:
    names = "abcdefgh"
    lists = {one: [f"__{after}__ {n}" for n in range(500)] for one, after in pairwise(names)} | {
        "h": ["x"] * 2000
    }
    begun = time.process_time()
    assert counts(lists)["a"] == [min(500**6 * 2000, MOST_TOLD)] * 500
    assert time.process_time() - begun < 2


@given(st.text(alphabet="{}|\\ab$12_-", max_size=18))
def test_the_count_is_what_is_made(text: str) -> None:
    try:
        made = Wordings(text, {"a": ["{a|b}", "c"], "b": ["__a__", "x"]})
    except ValueError as error:
        assert str(error)  # noqa: PT017 - numbers that cannot be
        return
    assert made.count == sum(1 for _one in made)

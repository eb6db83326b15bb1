"""The grammar of image prompts: what its marks mean, and that no text is an error."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.image.prompt_grammar import DEEPEST, MOST, LoraWord, Piece, lora_words, parse, without_words

MARKED = st.text(alphabet="ab ()[]|:\\.13,BREAK{}", max_size=60)
WORDS = st.text(alphabet="abc déж,.!{}-", max_size=40)


def said(text: str, step: int = 0, steps: int = 4) -> list[tuple[str, float]]:
    return [(piece.text, round(piece.weight, 4)) for piece in parse(text).at(step, steps)]


def test_it_works() -> None:
    assert said("a (red:1.3) cat") == [("a ", 1), ("red", 1.3), (" cat", 1)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("(cat)", [("cat", 1.1)]),
        ("((cat))", [("cat", 1.21)]),
        ("[cat]", [("cat", 0.9091)]),
        ("(a (b:2):1.5)", [("a ", 1.5), ("b", 3)]),
        ("(cat: .5 )", [("cat", 0.5)]),
        ("(cat:-1)", [("cat", -1)]),
        ("(cat:99)", [("cat", MOST)]),
        ("(12:30 at night)", [("12:30 at night", 1.1)]),
        (r"\(cat\) \[a\|b\]", [("(cat) [a|b]", 1)]),
        (r"a\b \{c|d\}", [(r"a\b \{c|d\}", 1)]),
    ],
)
def test_weights(text: str, pieces: list[tuple[str, float]]) -> None:
    assert said(text) == pieces


@pytest.mark.parametrize("text", ["a cat", ":) a (cat", "] [a", "(]", "{a|b}", "a | b: 3", "", "(a [b"])
def test_what_has_no_partner_is_text(text: str) -> None:
    assert parse(text).plain == text


def test_brackets_of_the_other_kind_inside_are_text() -> None:
    assert said("(a [b) c]") == [("a [b", 1.1), (" c]", 1)]


def test_words_alternate() -> None:
    prompt = parse("a [red|blue|] cat")
    assert [prompt.words(step, 4) for step in range(4)] == ["a red cat", "a blue cat", "a  cat", "a red cat"]


@pytest.mark.parametrize(
    ("text", "each"),
    [
        ("[cat:dog:0.5]", ["cat", "cat", "dog", "dog"]),
        ("[dog:0.25]", ["", "dog", "dog", "dog"]),
        ("[cat::3]", ["cat", "cat", "cat", ""]),
        ("[cat:dog:1]", ["cat", "dog", "dog", "dog"]),
        ("[cat:dog:1.0]", ["cat"] * 4),
        ("[a:b:c:2]", ["a:b", "a:b", "c", "c"]),
    ],
)
def test_words_change_on_the_way(text: str, each: list[str]) -> None:
    assert [parse(text).words(step, 4) for step in range(4)] == each


def test_weights_and_changes_nest() -> None:
    assert said("([red|(blue:2)] cat:1.5)", step=1) == [("blue", 3), (" cat", 1.5)]


def test_break_begins_a_chunk() -> None:
    prompt = parse("a cat BREAK (a dog BREAK grass:1.2)")
    assert [(piece.text.strip(), piece.chunk) for piece in prompt.at(0, 1)] == [
        ("a cat", 0),
        ("", 1),
        ("a dog", 1),
        ("grass", 2),
    ]
    assert prompt.words() == "a cat a dog grass"
    assert parse("BREAKFAST").plain == "BREAKFAST"
    assert prompt.every_word().split() == ["a", "cat", "a", "dog", "grass"]


@given(MARKED)
def test_every_text_is_a_prompt(text: str) -> None:
    prompt = parse(text)
    for step in range(3):
        pieces = prompt.at(step, 3)
        assert all(piece.text and -MOST <= piece.weight <= MOST for piece in pieces)
        assert [piece.chunk for piece in pieces] == sorted(piece.chunk for piece in pieces)
        for one, other in pairwise(pieces):
            assert (one.weight, one.chunk) != (other.weight, other.chunk)


@given(MARKED)
def test_it_says_only_what_was_written(text: str) -> None:
    letters = iter(text)
    assert all(char in letters for char in "".join(p.text for p in parse(text).at(0, 1))), "in the same order"


@given(WORDS.filter(lambda text: "BREAK" not in text))
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert parse(text).plain == text
    assert parse(text).at(0, 1) == ((Piece(text),) if text else ())


@given(WORDS.filter(bool), st.floats(0.1, 4.9).map(lambda w: round(w, 3)))
def test_a_weight_is_read_back(text: str, weight: float) -> None:
    assert parse(f"({text}:{weight})").at(0, 1) == (Piece(text, weight),)


@given(MARKED)
def test_escaped_it_is_plain(text: str) -> None:
    escaped = "".join(f"\\{char}" if char in "()[]|:\\" else char for char in text)
    if "BREAK" not in text:
        assert parse(escaped).plain == text


@given(st.lists(WORDS.filter(bool), min_size=1, max_size=5), st.integers(0, 12))
def test_the_step_picks_the_wording(ways: list[str], step: int) -> None:
    assert parse(f"[{'|'.join([*ways, ''])}]").words(step, 13) == [*ways, ""][step % (len(ways) + 1)]


@pytest.mark.parametrize(
    "text", ["(" * 20_000, "()" * 10_000, "(" * 10_000 + ")" * 10_000, "[(" * 5000 + ")" * 10_000]
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    parse(text).at(0, 4)
    assert time.process_time() - began < 2


def test_deeper_brackets_are_text() -> None:
    deep = "(" * (DEEPEST + 1) + "cat" + ")" * (DEEPEST + 1)
    assert parse(deep).words() == "(cat)"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a cat <lora:ink:0.8>", [("ink", 0.8)]),
        ("<lora:ink><lora: wool felt :-.5>", [("ink", 1), ("wool felt", -0.5)]),
        ("<lora:ink:0.8:0.5>", [("ink", 0.8)]),
        ("<lora:ink:much>", [("ink", 1)]),
        ("<lora:> <lora> <hypernet:ink:1> lora:ink:1", []),
    ],
)
def test_words_for_loras(text: str, words: list[tuple[str, float]]) -> None:
    assert [(word.name, word.weight) for word in lora_words(text)] == words


def test_a_prompt_without_the_words_for_loras() -> None:
    text = "a cat <lora:ink:0.8>, in  felt <lora:wool>"
    assert without_words(text, lora_words(text)) == "a cat , in felt"
    assert without_words(text, []) == text
    assert without_words(text, [LoraWord("<lora:wool>", "wool", 1)]) == "a cat <lora:ink:0.8>, in felt"

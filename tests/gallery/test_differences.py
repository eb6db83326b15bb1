"""What differs between two assets: inputs, prompts word by word, texts line by line."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest
from django.test import Client

from studio.gallery.differences import Passage, Piece, difference, passages, words
from studio.gallery.models import Asset
from studio.teams.models import User
from tests.gallery.conftest import People

MakeAsset = Callable[..., Asset]
SignIn = Callable[[User], Client]


def without(pieces: list[Piece], kind: str) -> str:
    return "".join(piece.text for piece in pieces if piece.kind != kind)


def test_words() -> None:
    assert words("A lighthouse on a black cliff", "A tall lighthouse on a cliff at dusk") == [
        Piece("same", "A"),
        Piece("in", " tall"),
        Piece("same", " lighthouse on a"),
        Piece("out", " black"),
        Piece("same", " cliff"),
        Piece("in", " at dusk"),
    ]


def test_texts_with_little_in_common_are_not_mixed() -> None:
    assert words("Wind north by east", "A red boat, of course") == [
        Piece("out", "Wind north by east"),
        Piece("in", "A red boat, of course"),
    ]


@pytest.mark.parametrize("seed", range(20))
def test_both_texts_can_be_put_together_again(seed: int) -> None:
    chance = random.Random(seed)
    signs = ["wind", " ", "\n", "é", "🚢", "漢字", ",", "  ", "e\u0301", "\t"]
    before = "".join(chance.choice(signs) for _ in range(chance.randrange(60)))
    after = "".join(c for c in before if chance.random() > 0.2) + chance.choice(signs)
    assert (without(words(before, after), "in"), without(words(before, after), "out")) == (before, after)
    found = [piece for passage in passages(before, after) for piece in passage.pieces]
    assert (without(found, "in"), without(found, "out")) == (before, after)


def test_passages_have_line_numbers_and_line_ends_count_alike() -> None:
    assert passages("a\r\nold line here now\nz", "a\nnew\nold line here then\nz") == [
        Passage(False, [Piece("same", "a\n")], 1, 1),
        Passage(
            True,
            [
                Piece("in", "new\n"),
                Piece("same", "old line here"),
                Piece("out", " now"),
                Piece("in", " then"),
                Piece("same", "\n"),
            ],
            2,
            2,
        ),
        Passage(False, [Piece("same", "z")], 3, 4),
    ]
    assert passages("same\r\n", "same\n") == [Passage(False, [Piece("same", "same\n")], 1, 1)]
    assert passages("", "") == []


def test_long_passages_that_stayed_are_folded() -> None:
    text = "".join(f"line {n}\n" for n in range(40))
    kept = passages(text + "end", text + "other")[0]
    assert kept.hidden == 28
    assert kept.head + kept.middle + kept.tail == text


@pytest.mark.parametrize("alike", [True, False])
def test_long_texts_take_no_long_time(alike: bool) -> None:
    chance = random.Random(1)
    few = ["", "and", "so on"]
    lines = [chance.choice(few) if alike else f"{chance.random()} words of a line" for _ in range(20_000)]
    other = [chance.choice(["x", *few]) if chance.random() < 0.3 else line for line in lines]
    start = time.process_time()
    passages("\n".join(lines), "\n".join(other))
    assert time.process_time() - start < 10


def facts(**inputs: object) -> dict[str, object]:
    return {"inputs": inputs}


@pytest.mark.django_db
def test_inputs(asset: MakeAsset) -> None:
    first = asset(
        prompt="A red boat by the old pier",
        facts=facts(prompt="A red boat by the old pier", steps=9, mask="m"),
    )
    second = asset(
        prompt="A blue boat by the old pier",
        facts=facts(prompt="A blue boat by the old pier", steps=9, seed=0),
    )
    found = {each.name: each for each in difference(first, second).inputs}
    assert list(found) == ["prompt", "tool", "steps", "mask", "seed"]
    assert [piece.text for piece in found["prompt"].pieces] == ["A", " red", " blue", " boat by the old pier"]
    assert found["tool"].same
    assert found["steps"].same
    assert (found["mask"].before, found["mask"].after) == ("m", None)
    assert (found["seed"].before, found["seed"].after) == (None, "0")


@pytest.mark.django_db
def test_the_api(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    first, second = asset(text="one\ntwo\n"), asset(text="one\n2\n", facts=facts(steps=3))
    told = signed_in(people.victor).get(f"/api/v1/assets/{first.pk}/diff/{second.pk}").json()
    assert [each["name"] for each in told["inputs"] if not each["same"]] == ["steps"]
    assert [(each["changed"], each["first"]) for each in told["text"]] == [(False, 1), (True, 2)]
    given = signed_in(people.victor).post(
        f"/api/v1/assets/{first.pk}/diff", {"text": "one\r\ntwo\r\nthree"}, content_type="application/json"
    )
    assert given.json()[-1]["pieces"] == [{"kind": "in", "text": "three"}]
    private = asset(listed=False)
    assert signed_in(people.victor).get(f"/api/v1/assets/{first.pk}/diff/{private.pk}").status_code == 404


@pytest.mark.django_db
def test_a_picture_is_no_text(people: People, picture: Callable[..., object], signed_in: SignIn) -> None:
    from studio.gallery import actions

    made = actions.add(team=people.team, author=people.carol, path=picture())  # type: ignore[arg-type]
    browser, path, kind = signed_in(people.carol), f"/api/v1/assets/{made.pk}/diff", "application/json"
    assert browser.post(path, {"text": "x"}, content_type=kind).status_code == 415
    told = browser.post(
        path, {"text": "a red boat at dusk", "before": "a red boat"}, content_type=kind
    ).json()
    assert told[0]["pieces"] == [{"kind": "same", "text": "a red boat"}, {"kind": "in", "text": " at dusk"}]

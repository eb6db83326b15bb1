"""The page counts wordings as the studio does, and the coach's rules say what they should."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from studio.presets.wordings import Wordings, counts

CASES = [
    "a boat",
    "a {red|blue} boat",
    "{a|b} and {c|d|e}",
    "{a|{b|c}} x",
    r"\{a|b\} stays",
    "an open { brace",
    "{only one}",
    "{|empty} way",
    "a | bar outside",
    "{a|b",
    "}{",
    "{2$$a|b|c} and {0-2$$x|{y|z}}",
    "{2$$__colour__|white} __colour__ __thing__",
    r"__nobody__ \__colour__ ___colour__ {1$$a}",
]
LISTS = {"colour": ["red", "blue", "green"], "thing": ["a {new|old} lamp", "door"]}


def test_wordings_are_counted_alike(anonymous_page: Page) -> None:
    anonymous_page.goto("/signin/")
    counted = anonymous_page.evaluate(
        "async ([cases, lists]) => { const m = await import('/static/js/create/wordings.js');"
        " return cases.map((text) => m.wordings(text, lists)); }",
        [CASES, counts(LISTS)],
    )
    assert counted == [Wordings(case, LISTS).count for case in CASES]


def test_the_pieces_make_the_text_again(anonymous_page: Page) -> None:
    anonymous_page.goto("/signin/")
    texts = anonymous_page.evaluate(
        "async (cases) => { const m = await import('/static/js/create/wordings.js');"
        " return cases.map((text) => m.parts(text).map((part) => part.text).join('')); }",
        CASES,
    )
    assert texts == CASES


def test_the_coach(anonymous_page: Page) -> None:
    anonymous_page.goto("/signin/")

    def failing(text: str, medium: str) -> set[str]:
        told: dict[str, Any] = anonymous_page.evaluate(
            "async ([text, medium]) => (await import('/static/js/create/prompt-coach.js')).judge(text, medium)",
            [text, medium],
        )
        return {check["key"].removeprefix("coach_") for check in told["checks"] if not check["good"]}

    assert failing("A lighthouse on a black cliff at dusk", "image") == set()
    assert failing("a nice picture of a boat", "image") == {"precise", "context"}
    assert failing("Write a 100-word letter to my neighbour about a lost cat", "text") == set()
    assert failing("Why is tea better than coffee?", "text") == {"context", "length", "leading"}
    assert "idea" in failing("Write a poem. Explain tides. List ten boats. Translate it.", "text")

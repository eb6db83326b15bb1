"""A person talks, edits a turn, asks again, goes between branches, keeps an answer. On the small model that is there."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

ANSWER_MS = 60_000


def say(page: Page, words: str) -> None:
    box = page.get_by_role("textbox", name="Your turn")
    box.fill(words)
    box.press("Enter")


def answers(page: Page) -> Locator:
    """Answers that are finished."""
    return page.locator("[data-answer]:not([aria-busy])")


def short(page: Page) -> None:
    """Answers of a few words, so that the test is quick."""
    page.locator(".turn-inputs > summary").click()
    field = page.locator("[data-name=max_tokens] input[type=number]")
    field.fill("16")
    page.locator(".turn-inputs > summary").click()


def test_it_works(page: Page) -> None:
    page.goto("/chat/")
    short(page)
    say(page, "Name one colour of the sea.")
    expect(page.locator(".turn.me")).to_contain_text("Name one colour of the sea.")
    expect(answers(page)).to_have_count(1, timeout=ANSWER_MS)
    expect(page.locator("[data-answer] .prose")).not_to_be_empty()
    assert re.search(r"/chat/[0-9a-f-]{36}/$", page.url)
    expect(page.locator("[data-room]")).to_contain_text("Room for about")

    # Again makes a branch beside the first answer; both stay.
    page.get_by_role("button", name="Again").click()
    expect(page.get_by_role("group", name="Branch 2 of 2")).to_be_visible(timeout=ANSWER_MS)
    page.get_by_role("button", name="Previous branch").click()
    expect(page.get_by_role("group", name="Branch 1 of 2")).to_be_visible()

    # An edited turn is a branch too.
    page.locator(".turn.me").hover()
    page.get_by_role("button", name="Edit").click()
    page.locator(".edit-box textarea").fill("Name one colour of a lamp.")
    page.get_by_role("button", name="Submit as a new branch").click()
    expect(page.get_by_role("group", name="Branch 3 of 3")).to_be_visible(timeout=ANSWER_MS)
    expect(page.locator(".turn.me")).to_contain_text("a lamp")

    # It is all there after a reload, and what is kept is in the gallery.
    page.reload()
    expect(page.get_by_role("group", name="Branch 3 of 3")).to_be_visible()
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("link", name="Kept")).to_be_visible()
    page.goto("/gallery/")
    assert page.locator("[data-asset], [data-id]").count() >= 1


def test_stop_keeps_what_was_written(page: Page) -> None:
    page.goto("/chat/")
    say(page, "Write a very long story about the sea.")
    expect(page.locator("[data-answer] .prose")).not_to_be_empty(timeout=ANSWER_MS)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("[data-answer] .wrong")).to_contain_text("Stopped", timeout=15_000)
    expect(page.locator("[data-answer] .prose")).not_to_be_empty()


def test_a_draft_survives_a_reload(page: Page) -> None:
    page.goto("/chat/")
    page.get_by_role("textbox", name="Your turn").fill("Half a thought")
    page.wait_for_timeout(500)
    page.reload()
    expect(page.get_by_role("textbox", name="Your turn")).to_have_value("Half a thought")

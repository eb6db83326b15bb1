"""A person writes on a text: preview, draft, revisions, undo, what somebody else saved meanwhile; places count as in Python."""

from __future__ import annotations

import random
from typing import Any

from playwright.sync_api import Page, expect

from studio.gallery.offsets import lines_of, to_points, to_units
from tests.browser.looks import look
from tests.browser.steps import call, found

ALPHABET = ["a", " ", "\n", "\r\n", "\r", "é", "e\u0301", "漢", "🚢", "👩‍🚀", "🇳🇴", "𝔾", "\u200d", "ن"]
PLACES = """async ([src, texts]) => {
  const { linesOf, toUnits, toPoints, points } = await import(src);
  return texts.map((raw) => {
    const text = linesOf(raw);
    const units = [], back = [];
    for (let offset = -1; offset <= points(text) + 1; offset += 1) units.push(toUnits(text, offset));
    for (let at = -1; at <= text.length + 1; at += 1) back.push(toPoints(text, at));
    return [text, points(text), units, back];
  });
}"""


def write(page: Page, text: str) -> str:
    """The id of a new text."""
    page.goto("/gallery/")
    made: str = page.evaluate(
        """async (text) => {
          const body = new FormData();
          body.append("file", new File([text], "log.md"));
          const answer = await fetch("/api/v1/assets", {method: "POST", body, credentials: "same-origin",
            headers: {"X-CSRFToken": document.querySelector('meta[name="csrf"]').content}});
          return (await answer.json()).id;
        }""",
        text,
    )
    return made


def content(page: Page, asset: str) -> Any:
    return page.evaluate("async (id) => (await fetch(`/api/v1/assets/${id}/content`)).text()", asset)


def test_write_save_undo_and_look_back(page: Page) -> None:
    asset = write(page, "# Log\n\nWind north.\n")
    page.goto(f"/assets/{asset}/")
    page.get_by_role("toolbar").get_by_role("link", name="Edit", exact=True).click()
    area = page.get_by_label("Text, in Markdown")
    save = page.get_by_role("button", name="Save a revision")
    expect(save).to_be_disabled()
    area.press("Control+End")
    area.press_sequentially("A ship 🚢 <b>x</b>")
    preview = page.get_by_role("region", name="Preview")
    expect(preview).to_contain_text("A ship 🚢 <b>x</b>")
    expect(preview.locator("b")).to_have_count(0)
    expect(page.locator("[data-characters]")).to_have_text("36 characters")
    expect(page.locator("[data-place]")).to_have_attribute("data-at", "36")
    area.press("Shift+Home")
    area.press("Control+b")
    expect(preview.locator("strong").first).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(preview.locator("strong")).to_have_count(0)
    page.wait_for_timeout(500)  # the draft is kept a moment after the last key
    page.reload()
    expect(area).to_have_value("# Log\n\nWind north.\nA ship 🚢 <b>x</b>")
    expect(page.get_by_role("status").last).to_contain_text("is back")
    area.press("Control+s")
    expect(page.locator("[data-state]")).to_have_text("Saved as revision 2")
    revision = page.url.split("/")[-3]
    assert revision != asset
    assert content(page, revision) == "# Log\n\nWind north.\nA ship 🚢 <b>x</b>"
    assert content(page, asset) == "# Log\n\nWind north.\n"
    page.get_by_role("button", name="Changes from revision 1").click()
    expect(page.locator(".changes ins")).to_have_text("A ship 🚢 <b>x</b>")
    page.get_by_role("button", name="Take the text of revision 1").click()
    expect(area).to_have_value("# Log\n\nWind north.\n")
    page.get_by_role("button", name="Undo").click()
    expect(area).to_have_value("# Log\n\nWind north.\nA ship 🚢 <b>x</b>")


def test_what_somebody_saved_meanwhile_is_told_and_nothing_is_lost(page: Page) -> None:
    asset = write(page, "one\n")
    page.goto(f"/assets/{asset}/edit/")
    theirs = call(page, "POST", f"assets/{asset}/revisions", {"text": "theirs\n"})["id"]
    area = page.get_by_label("Text, in Markdown")
    area.fill("mine\n")
    area.press("Control+s")
    dialog = page.get_by_role("dialog", name="There is a newer revision")
    expect(dialog).to_contain_text("Revision 2 was saved")
    assert found(page) == []
    dialog.get_by_role("button", name="See what differs").click()
    expect(page.locator(".changes del")).to_have_text("theirs\n")
    expect(page.locator(".changes ins")).to_have_text("mine\n")
    page.get_by_role("button", name="Save a revision").click()
    dialog.get_by_role("button", name="Save mine as the newest").click()
    expect(page.locator("[data-state]")).to_have_text("Saved as revision 3")
    revision = page.url.split("/")[-3]
    assert content(page, revision) == "mine\n"
    assert content(page, theirs) == "theirs\n"
    assert call(page, "GET", f"assets/{revision}")["parents"] == [{"id": theirs, "role": "parent"}]
    look(page, page.url)


def test_places_count_alike_in_both(page: Page) -> None:
    page.goto("/gallery/")
    chance = random.Random(4)
    raw = ["", *("".join(chance.choice(ALPHABET) for _ in range(chance.randrange(1, 40))) for _ in range(60))]
    told = page.evaluate(PLACES, ["/static/js/text/offsets.js", raw])
    for before, (text, points, units, back) in zip(raw, told, strict=True):
        assert text == lines_of(before)
        assert points == len(text)
        assert units == [to_units(text, offset) for offset in range(-1, len(text) + 2)]
        end = len(text.encode("utf-16-le")) // 2
        assert back == [to_points(text, at) for at in range(-1, end + 2)]

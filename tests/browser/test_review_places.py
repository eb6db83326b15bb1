"""Places of comments: in a picture that is zoomed and moved, in bars of music, in words of a text on its own page."""

from __future__ import annotations

import io
import wave
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.steps import call, picture


def _sound() -> Any:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44_100)
        file.writeframes(b"\x00\x20" * 2 * 44_100)
    return {"name": "hum.wav", "mimeType": "audio/wav", "buffer": buffer.getvalue()}


def _text() -> Any:
    words = "# Harbour\n\nThe 🌊 *boats* come home.\n"
    return {"name": "poem.md", "mimeType": "text/markdown", "buffer": words.encode()}


def _added(page: Page) -> dict[str, str]:
    """Ids of a new picture, sound and text, by medium."""
    page.goto("/gallery/")
    files = [picture("big.png", size=(600, 400)), _sound(), _text()]
    page.locator("gallery-page > input[type=file]").set_input_files(files)
    expect(page.locator(".tile")).to_have_count(3)
    return {each["medium"]: each["id"] for each in call(page, "GET", "assets")["items"]}


def _said(page: Page, words: str) -> dict[str, Any]:
    """Write it where one stands; the comment as it is kept."""
    page.locator(".new textarea").fill(words)
    with page.expect_response(lambda answer: answer.request.method == "POST") as said:
        page.keyboard.press("Control+Enter")
    comment: dict[str, Any] = said.value.json()
    expect(page.locator(f"#comment-{comment['id']}")).to_be_visible()
    return comment


def _box(page: Page, chosen: str) -> dict[str, float]:
    """Where the first of these stands: in one go, since a team's event draws pins anew."""
    call_it = "(one) => { const box = document.querySelector(one)?.getBoundingClientRect(); return box && box.toJSON(); }"
    box: dict[str, float] = page.wait_for_function(call_it, arg=chosen).json_value()
    return box


def test_places(page: Page) -> None:
    ids = _added(page)
    review = call(page, "POST", "reviews", {"assets": [ids["image"], ids["music"]], "role": "owner"})["id"]
    page.goto(f"/review/{review}/")
    sheet, pin = ".sheet", ".pinmark:not(.now)"
    box = _box(page, sheet)
    x, y = box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.5
    page.mouse.click(x, y)
    kept = _said(page, "This corner")["pin"]
    assert (kept["kind"], round(kept["x"], 2), round(kept["y"], 2)) == ("point", 0.25, 0.5)

    # The wheel zooms about the pointer: the pin stays on its point.
    at = _box(page, pin)
    page.mouse.move(x, y)
    page.mouse.wheel(0, -500)
    page.wait_for_function(
        '(w) => document.querySelector(".sheet").getBoundingClientRect().width > 1.5 * w', arg=box["width"]
    )
    zoomed, after = _box(page, sheet), _box(page, pin)
    assert zoomed["width"] > 1.5 * box["width"]
    assert abs(after["x"] - at["x"]) < 2
    assert abs(after["y"] - at["y"]) < 2

    # Held in hand it moves, with the pin, and nothing is pinned; a point that is chosen then is where it looks.
    page.keyboard.press("h")
    page.mouse.down()
    page.mouse.move(x + 60, y + 20, steps=3)
    page.mouse.up()
    page.wait_for_function(  # what moves is drawn with the next picture of the page
        "(x) => document.querySelector('.pinmark:not(.now)').getBoundingClientRect().x > x + 58",
        arg=after["x"],
    )
    moved = _box(page, pin)
    assert (round(moved["x"] - after["x"]), round(moved["y"] - after["y"])) == (60, 20)
    expect(page.locator(".new")).to_have_count(0)
    page.keyboard.press("h")
    page.mouse.click(x, y)
    expect(page.locator(".new")).to_be_visible()
    kept = _said(page, "And this")["pin"]
    assert abs(kept["x"] - (0.25 - 60 / zoomed["width"])) < 0.01
    page.locator("#main").focus()
    page.keyboard.press("0")
    page.wait_for_function(
        "(w) => Math.abs(document.querySelector('.sheet').getBoundingClientRect().width - w) < 1",
        arg=box["width"],
    )

    # Music: in bars.
    page.keyboard.press("ArrowRight")
    expect(page.locator("audio")).to_be_visible()
    page.keyboard.press("n")
    page.get_by_role("button", name="In bars").click()
    page.get_by_label("From bar").fill("5")
    page.get_by_label("To bar").fill("8")
    assert _said(page, "Too loud")["pin"] == {"kind": "bars", "start": 5, "end": 8}
    expect(page.locator(".spans")).to_contain_text("bars 5 to 8")

    # A text on its own page: its words as they are stored, by keys.
    page.goto(f"/assets/{ids['text']}/")
    page.get_by_role("button", name="Pin to words").click()
    expect(page.locator(".plain")).to_be_focused()
    for _word in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(".plain mark.now")).to_be_visible()
    kept = _said(page, "Which?")["pin"]
    assert kept["quote"] == "# Harbour\n\nThe 🌊 *boats* come home.\n"[kept["start"] : kept["end"]]
    assert kept["quote"]
    page.keyboard.press("Escape")
    expect(page.locator(".plain")).to_be_hidden()

"""The frame around every page: theme, palette, queue pill and drawer, tabs on a phone."""

from __future__ import annotations

import json

from playwright.sync_api import Error, Page, Response, expect

from tests.browser.steps import WATCH, every_page, submit
from tests.stack import Stack


def test_the_theme_is_kept(page: Page) -> None:
    page.goto("/create/test.paint/")
    page.locator(".account > summary").click()
    page.get_by_role("button", name="Light theme").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(246, 245, 243)"
    page.locator(".account > summary").click()
    page.get_by_role("button", name="As the system").click()
    page.reload()
    assert page.locator("html").get_attribute("data-theme") is None


def test_the_palette_opens_a_tool_by_keyboard(page: Page) -> None:
    page.goto("/gallery/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search or jump to")).to_be_focused()
    page.keyboard.type("Echo")
    expect(page.get_by_role("option", name="Echo").first).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/create/test.echo/")


def test_the_pill_is_live_and_opens_the_queue(page: Page) -> None:
    page.goto("/gallery/")
    pill = page.locator(".pill")
    expect(pill).to_contain_text("Queue empty")
    submit(page, prompt="A slow red boat", steps=60, pause_ms=150)
    expect(pill).to_contain_text("running")
    pill.click()
    drawer = page.get_by_role("dialog", name="Queue")
    expect(drawer).to_contain_text("A slow red boat")
    drawer.get_by_role("button", name="Stop: A slow red boat").click()
    expect(drawer).to_contain_text("Nothing runs and nothing waits.", timeout=15_000)
    page.keyboard.press("Escape")
    expect(drawer).not_to_be_visible()
    expect(pill).to_be_focused()
    expect(pill).to_contain_text("Queue empty")


def test_a_phone_has_tabs_below(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/create/test.paint/")
    rail = page.get_by_role("navigation", name="Studio")
    box = rail.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] == 844
    rail.get_by_text("More").click()
    rail.get_by_role("link", name="Team").click()
    page.wait_for_url("**/team/")


def _bytes(answer: Response, page: Page) -> int:
    try:
        return len(answer.body())
    except Error:  # the browser has let go of it already
        return len(page.request.get(answer.url).body())


def test_a_first_page_is_light_stands_still_and_asks_nobody_else(page: Page, stack: Stack) -> None:
    answers: list[Response] = []
    shifted: dict[str, object] = {}
    page.goto("/gallery/")
    paths = every_page(page)
    page.add_init_script(WATCH)
    page.on("response", lambda answer: answers.append(answer))
    for path in paths:
        answers.clear()
        page.goto(path)
        page.wait_for_load_state("networkidle")
        scripts = [each for each in answers if each.url.endswith((".js", ".mjs"))]
        assert sum(_bytes(each, page) for each in scripts) <= 300_000, path
        assert all(each.url.startswith((stack.url, "blob:", "data:")) for each in answers)
        shifts = page.evaluate("window.shifts")
        if sum(shift[0] for shift in shifts) >= 0.005:  # an icon may move while the page comes in
            shifted[path] = shifts
    assert not shifted, json.dumps(shifted)

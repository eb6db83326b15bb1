"""An automatic check against WCAG 2.2 AA finds nothing on Create and chat: both themes, at 390 and 1440."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.looks import look
from tests.browser.steps import found


def test_nothing_is_found(page: Page) -> None:
    for path in ("/create/", "/create/image.generate/", "/create/text.write/", "/chat/"):
        look(page, path)


def test_nothing_is_found_on_a_running_and_a_finished_job(page: Page) -> None:
    page.goto("/create/test.paint/")
    page.get_by_label("Prompt", exact=True).fill("A red boat, nice")
    page.locator("[data-name=steps] input[type=number]").fill("40")
    page.get_by_label("Prompt", exact=True).press("Control+Enter")
    expect(page.locator("stage-view .status")).to_contain_text("of 40 steps")
    assert found(page) == []
    expect(page.get_by_role("toolbar", name="Go on with this asset")).to_be_visible(timeout=20_000)
    assert found(page) == []


def test_nothing_is_found_in_drawer_and_palette(page: Page) -> None:
    page.goto("/create/test.paint/")
    page.keyboard.press("Control+k")
    expect(page.locator("dialog.palette").get_by_role("option").first).to_be_visible()
    assert found(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Queue empty").click()
    expect(page.get_by_role("dialog", name="Queue")).to_be_visible()
    assert found(page) == []

"""A quota is set, reached, told in words where somebody submits, and raised."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.looks import look


def allow(page: Page, jobs: str) -> None:
    page.goto("/team/quotas/")
    page.get_by_role("spinbutton", name="Jobs a day").fill(jobs)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("spinbutton", name="Jobs a day")).to_have_value(jobs)
    expect(page.get_by_text("Saved.")).to_be_visible()


def submit(page: Page) -> None:
    page.goto("/create/test.paint/")
    page.get_by_label("Prompt", exact=True).fill("A red boat")
    page.get_by_label("Prompt", exact=True).press("Control+Enter")


def test_reached_and_raised(page: Page) -> None:
    allow(page, "1")
    submit(page)
    expect(page.get_by_role("toolbar", name="Go on with this asset")).to_be_visible(timeout=60_000)
    submit(page)
    expect(page.get_by_text("may submit 1 jobs a day").first).to_be_visible()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value(
        "A red boat"
    )  # nothing that was typed is lost
    look(page, "/team/quotas/")
    expect(page.get_by_text("Used up")).to_be_visible()
    page.set_viewport_size({"width": 1440, "height": 900})
    allow(page, "9")
    submit(page)
    expect(page.get_by_role("toolbar", name="Go on with this asset")).to_be_visible(timeout=60_000)

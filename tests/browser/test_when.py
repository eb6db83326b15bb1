"""A person sends a batch for the night, sees it wait, and starts it at once after all."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.steps import call, found


def test_it_works(page: Page) -> None:
    page.goto("/create/test.paint/")
    page.get_by_label("Prompt", exact=True).fill("A {late|later} boat")
    begins = page.get_by_label("Begins", exact=True)
    begins.select_option("at")
    time = page.get_by_label("Time at which it begins")
    time.fill("2020-01-01T22:00")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("That time has passed.")).to_be_visible()
    begins.select_option("tonight")
    expect(time).to_be_hidden()
    expect(begins.locator("option:checked")).to_contain_text("from")
    assert found(page) == []
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("[data-batch-name]")).to_contain_text("0 of 2, starts")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440

    page.goto("/queue/")
    row = page.locator(".waiting > li", has_text=re.compile("A late boat"))
    expect(row).to_contain_text("Starts")
    expect(row).to_contain_text("2 jobs")
    row.get_by_role("button", name="Another time: A late boat").click()
    dialog = page.get_by_role("dialog", name="When it begins")
    dialog.get_by_label("Begins", exact=True).select_option("at")
    dialog.get_by_label("Time at which it begins").fill("2020-01-01T22:00")
    dialog.get_by_role("button", name="Change").click()
    expect(dialog.get_by_role("alert").first).to_contain_text("has passed")
    assert found(page) == []
    dialog.get_by_role("button", name="Leave it").click()

    row.get_by_role("link", name="2 jobs").click()
    begins_line = page.locator("[data-begins]")
    expect(begins_line).to_contain_text("Starts")
    page.set_viewport_size({"width": 390, "height": 844})
    assert found(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    begins_line.get_by_role("button", name="Start now").click()
    expect(page.locator("[data-sum]")).to_contain_text("2 of 2 done", timeout=20_000)
    expect(begins_line).to_be_empty()
    assert call(page, "GET", "batches?limit=1")["items"][0]["starts_at"] is None

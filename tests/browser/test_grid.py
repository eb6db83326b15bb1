"""A matrix of twelve becomes a grid: cells come by themselves, three winners go on a board, the grid is one picture."""

from __future__ import annotations

import re

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.looks import look
from tests.browser.steps import call


def test_it_works(page: Page) -> None:
    page.goto("/create/test.paint/")
    batch = call(
        page,
        "POST",
        "batches",
        {
            "tool": "test.paint",
            "inputs": {"prompt": "A boat", "seed": 4_000_200, "pause_ms": 60},
            "matrix": {"prompt": ["A red boat", "A blue boat", "A boat in the rain"]},
            "count": 4,
        },
    )
    path = f"/batches/{batch['id']}/grid/"
    page.goto(path)
    cells = page.get_by_role("grid")
    expect(cells.get_by_role("rowheader")).to_have_text(["A red boat", "A blue boat", "A boat in the rain"])
    expect(cells.get_by_role("columnheader")).to_have_text(["4000200", "4000201", "4000202", "4000203"])
    # Without a reload
    expect(page.locator("[data-sum]")).to_have_text("12 of 12 done", timeout=60_000)
    expect(cells.get_by_role("button")).to_have_count(12)

    # By keys: the first, the one beside it, the one below
    cells.get_by_role("button").first.focus()
    for key in ("Space", "ArrowRight", "Space", "ArrowDown", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="Prompt A blue boat, Seed 4000201", exact=True)).to_be_focused()
    bar = page.get_by_role("toolbar", name="What to do with the winners")
    expect(bar).to_contain_text("3 chosen")
    zoom = page.get_by_role("slider", name="Zoom")
    page.keyboard.press("+")
    expect(zoom).to_have_attribute("aria-valuetext", "140 %")
    first = cells.get_by_role("button").first.locator("img")
    expect(first).to_have_css("transform", re.compile(r"^matrix\(1\.4, 0, 0, 1\.4, -"))
    page.keyboard.press("0")
    expect(zoom).to_have_attribute("aria-valuetext", "100 %")

    bar.get_by_role("button", name="Board").click()
    dialog = page.get_by_role("dialog", name="Put on a board")
    dialog.get_by_label("Or on a new one").fill("Winners")
    dialog.get_by_role("button", name="Make the board").click()
    expect(page.locator("toast-list")).to_contain_text("3 assets are on “Winners” now.")
    [board] = call(page, "GET", "boards")["items"]
    assert len(call(page, "GET", f"boards/{board['id']}/assets")["items"]) == 3

    page.get_by_role("button", name="Export as one picture").click()
    with page.expect_download() as told:
        page.get_by_role("button", name="Export", exact=True).click()
    picture = Image.open(told.value.path())
    assert picture.format == "PNG"
    assert picture.width > 4 * 256
    assert told.value.suggested_filename.endswith(".png")

    page.get_by_label("Rows").select_option("")  # none: the prompts become a switch
    expect(page.locator("[data-flat]")).to_be_visible()
    expect(cells.get_by_role("button")).to_have_count(4)
    page.get_by_role("link", name="Prompt: one on").click()
    expect(page.locator(".way")).to_contain_text("A blue boat")
    look(page, path)

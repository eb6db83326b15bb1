"""Layers of the canvas: copied, named, made larger, moved and ordered, by pointer and by keys; and undone."""

from __future__ import annotations

from typing import Any

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.steps import found
from tests.browser.test_canvas import bring, drag, gradient, payload, ready

CHOSEN = "(() => { const { x, y, w, h, name } = document.querySelector('canvas-page').layer; return { x, y, w, h, name }; })()"


def chosen(page: Page) -> dict[str, Any]:
    told: dict[str, Any] = page.evaluate(CHOSEN)
    return told


def test_it_works(page: Page) -> None:
    """A picture of 40×20 pixels in the middle of one of 160×128: copied, named, made larger by its corner, and by numbers."""
    bring(page, gradient())
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add a picture as a layer").click()
    chooser.value.set_files([payload(Image.new("RGB", (40, 20), "red"), "leaf.png")])
    layers = page.locator("layer-list li")
    names = page.locator("layer-list .name")
    expect(layers).to_have_count(2)
    assert chosen(page) == {"x": 60, "y": 54, "w": 40, "h": 20, "name": "leaf"}

    page.get_by_role("button", name="Copy the layer").click()
    expect(layers).to_have_count(3)
    names.first.press("F2")
    name = page.get_by_label("Name of the layer")
    name.fill("sail")
    name.press("Enter")
    expect(names).to_have_text(["sail", "leaf", "harbour"])
    names.first.press("F2")
    name.fill("never")
    name.press("Escape")
    expect(names.first).to_have_text("sail")

    page.keyboard.press("v")
    drag(page, (100, 74), (120, 84))
    made = chosen(page)
    assert (made["x"], made["y"]) == (60, 54), "the corner across stays"
    assert abs(made["w"] - 60) <= 1
    assert made["w"] == 2 * made["h"], "it keeps its shape"
    drag(page, (80, 64), (70, 44))
    assert (chosen(page)["x"], chosen(page)["y"]) == (50, 34)
    wide = page.locator(".options [name=wide]")
    wide.fill("80")
    wide.press("Enter")
    assert (chosen(page)["w"], chosen(page)["h"]) == (80, 40)
    assert found(page) == []

    names.first.focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(names).to_have_text(["leaf", "sail", "harbour"])
    expect(page.locator("layer-list [aria-current] .name")).to_be_focused()
    layers.nth(2).drag_to(layers.nth(0))
    expect(names).to_have_text(["harbour", "leaf", "sail"])
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(names).to_have_text(["sail", "leaf", "harbour"])
    for _ in range(5):  # width, place, corner, name, copy
        page.keyboard.press("Control+z")
    expect(names).to_have_text(["leaf", "harbour"])
    assert chosen(page) == {"x": 60, "y": 54, "w": 40, "h": 20, "name": "leaf"}


def test_a_second_tab_says_that_the_first_keeps_the_work(page: Page) -> None:
    asset = bring(page, gradient())
    second = page.context.new_page()
    second.goto(f"/canvas/{asset}/")
    ready(second)
    expect(second.locator("toast-list")).to_contain_text("another tab")
    page.close()
    second.reload()
    ready(second)
    expect(second.locator("toast-list")).not_to_contain_text("another tab")

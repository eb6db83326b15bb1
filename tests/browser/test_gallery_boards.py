"""A person gathers assets on boards, saves filters as one, imports a zip and shows slides."""

from __future__ import annotations

import io
import json
import zipfile

from playwright.sync_api import Page, expect

from tests.browser.steps import call, found, picture

NAMES = ("one.png", "two.png", "three.png")
COLOURS = ((210, 40, 40), (40, 90, 210), (60, 160, 60))


def _zip() -> bytes:
    """Three pictures, one with a sidecar of our export, and a file that is none."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, colour in zip(NAMES, COLOURS, strict=True):
            archive.writestr(f"lamps/{name}", picture(name, colour)["buffer"])
        told = {"kind": "studio-asset", "title": "The first lamp", "prompt": "a lamp", "tags": ["night"]}
        archive.writestr("lamps/one.png.json", json.dumps(told))
        archive.writestr("lamps/broken.png", b"\x89PNG\r\n\x1a\nnothing")
    return buffer.getvalue()


def _import(page: Page) -> None:
    page.goto("/gallery/")
    packed = {"name": "lamps.zip", "mimeType": "application/zip", "buffer": _zip()}
    page.locator("gallery-page > input[type=file]").set_input_files(packed)  # type: ignore[arg-type]
    expect(page.locator(".tile")).to_have_count(3)


def test_import_a_zip_and_gather_on_a_board(page: Page) -> None:
    _import(page)
    log = page.get_by_role("log", name="Uploads")
    expect(log).to_contain_text("3 files added")
    expect(log).to_contain_text("1 file was not added")
    expect(log).to_contain_text("broken.png")
    assert call(page, "GET", "assets?tag=night")["items"][0]["title"] == "The first lamp"

    # Everything onto a new board, by keys
    page.locator("#main").focus()
    page.keyboard.press("Control+a")
    page.get_by_role("toolbar").get_by_role("button", name="Board").click()
    dialog = page.get_by_role("dialog", name="Put on a board")
    dialog.get_by_label("Or on a new one").fill("Lamps")
    dialog.get_by_role("button", name="Make the board").click()
    page.locator("toast-list").get_by_role("link", name="Open").click()
    expect(page.get_by_role("heading", name="Lamps")).to_be_visible()
    expect(page.locator(".tile")).to_have_count(3)
    assert found(page) == []

    # Its order, by keys; it stays
    ids = "els => els.map(el => el.dataset.id)"
    before = page.locator(".tile").evaluate_all(ids)
    page.locator(".tile a").first.focus()
    with page.expect_response("**/move"):
        page.keyboard.press("Alt+ArrowRight")
    page.reload()
    expect(page.locator(".tile")).to_have_count(3)
    assert page.locator(".tile").evaluate_all(ids) == [before[1], before[0], before[2]]

    # Take one off and bring it back
    page.locator(".tile .pick").first.check(force=True)
    page.get_by_role("button", name="Take off").click()
    expect(page.locator(".tile")).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".tile")).to_have_count(3)

    page.get_by_role("button", name="Delete the board").click()
    expect(page.get_by_role("heading", name="No board yet")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Lamps")).to_be_visible()


def test_filters_become_a_board_and_slides(page: Page) -> None:
    _import(page)
    page.get_by_role("button", name="Filter").click()
    menu = page.get_by_role("dialog", name="Filter")
    menu.get_by_role("link", name="Blue").click()
    expect(page.locator(".tile")).to_have_count(1)
    page.get_by_role("button", name="Save as a board").click()
    page.get_by_role("dialog", name="Save as a board").get_by_label("Title").fill("Blue ones")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("toast-list")).to_contain_text("Blue ones")  # it is kept
    page.goto("/boards/")
    expect(page.get_by_role("link", name="Blue ones")).to_contain_text("Colour: Blue")
    assert found(page) == []
    page.get_by_role("link", name="Blue ones").click()
    expect(page.locator(".tile")).to_have_count(1)

    page.goto("/gallery/")
    expect(page.locator(".tile")).to_have_count(3)
    page.get_by_role("button", name="Slideshow").click()
    slides = page.get_by_role("dialog", name="Slideshow")
    expect(slides).to_contain_text("1 of 3")
    page.keyboard.press("ArrowRight")
    expect(slides).to_contain_text("2 of 3")
    page.keyboard.press("Escape")
    expect(slides).to_be_hidden()

"""A person keeps, finds, chooses, rates, tags, deletes and brings back assets."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import picture, submit, wait_done


def upload(page: Page, *names: str) -> None:
    page.goto("/gallery/")
    files = [picture(name, (40 * at, 90, 200 - 30 * at)) for at, name in enumerate(names, 1)]
    page.locator("gallery-page > input[type=file]").set_input_files(files)
    expect(page.locator(".tile")).to_have_count(len(names))


def test_upload_find_and_open(page: Page) -> None:
    page.goto("/gallery/")
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    upload(page, "harbour.png", "dunes.png")
    expect(page.get_by_role("log", name="Uploads")).to_contain_text("is in the gallery")
    page.get_by_role("searchbox").fill("harb")
    expect(page.locator(".tile")).to_have_count(1)
    assert "q=harb" in page.url
    page.get_by_role("searchbox").fill("nowhere")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    page.get_by_role("link", name="Take all filters off").click()
    expect(page.locator(".tile")).to_have_count(2)
    page.get_by_role("link", name="Text", exact=True).click()
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    page.go_back()
    expect(page.locator(".tile")).to_have_count(2)
    page.get_by_role("img", name="harbour").click()
    expect(page.get_by_role("heading", name="harbour", level=1)).to_be_visible()


def test_a_file_that_cannot_be_read_is_said_in_words(page: Page) -> None:
    page.goto("/gallery/")
    broken = {"name": "broken.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + b"x" * 64}
    page.locator("gallery-page > input[type=file]").set_input_files(broken)  # type: ignore[arg-type]
    log = page.get_by_role("log", name="Uploads")
    expect(log).to_contain_text("broken.png was not added:")
    expect(log.get_by_role("button", name="Try again")).to_be_visible()
    expect(page.locator(".tile")).to_have_count(0)


def test_paste(page: Page) -> None:
    page.goto("/gallery/")
    page.evaluate(
        """async () => {
          const canvas = new OffscreenCanvas(8, 8);
          canvas.getContext("2d").fillRect(0, 0, 8, 8);
          const file = new File([await canvas.convertToBlob()], "pasted.png", {type: "image/png"});
          const data = new DataTransfer();
          data.items.add(file);
          document.body.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
        }"""
    )
    expect(page.get_by_role("img", name="pasted")).to_be_visible()


def test_what_the_team_makes_comes_by_itself(page: Page) -> None:
    page.goto("/gallery/")
    done = wait_done(page, submit(page, prompt="A boat that comes by itself"))
    assert done["state"] == "succeeded"
    expect(page.get_by_role("img", name="A boat that comes by itself")).to_be_visible()


def test_keys(page: Page) -> None:
    upload(page, "one.png", "two.png", "three.png")
    tiles = page.locator(".tile")
    page.locator("#main").focus()
    page.keyboard.press("ArrowRight")
    expect(tiles.nth(0).locator("a")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(tiles.nth(1).locator("a")).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_role("toolbar")).to_contain_text("1 selected")
    page.keyboard.press("4")
    expect(tiles.nth(1).locator(".rate")).to_have_text(re.compile("4"))
    page.keyboard.press("Space")
    expect(page.get_by_role("dialog", name="Large")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_role("dialog", name="Large")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_role("toolbar")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_choose_many_tag_delete_and_undo(page: Page) -> None:
    upload(page, "one.png", "two.png", "three.png")
    picks = page.locator(".tile .pick")
    picks.nth(0).check(force=True)
    picks.nth(2).click(force=True, modifiers=["Shift"])
    bar = page.get_by_role("toolbar")
    expect(bar).to_contain_text("3 selected")
    bar.get_by_role("button", name="Tag").click()
    page.get_by_label("Tags, with commas between").fill("sea, calm")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("toast-list")).to_contain_text("Tagged: sea, calm")
    picks.nth(1).click(force=True)
    bar.get_by_role("button", name="Delete").click()
    expect(page.locator(".tile")).to_have_count(1)
    expect(page.locator("toast-list")).to_contain_text("2 assets moved to the bin.")
    page.get_by_role("button", name="Undo").last.click()
    expect(page.locator(".tile")).to_have_count(3)
    page.reload()
    expect(page.locator(".tile")).to_have_count(3)
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("dialog", name="Filter").get_by_role("link", name="calm").click()
    expect(page.locator(".tile")).to_have_count(3)
    expect(page.get_by_role("link", name="Remove the filter Tag: calm")).to_be_visible()


def test_the_bin_gives_back(page: Page) -> None:
    upload(page, "one.png")
    page.locator(".tile .pick").check(force=True)
    page.get_by_role("toolbar").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    page.get_by_role("link", name="Bin").click()
    page.locator(".tile .pick").check(force=True)
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("heading", name="The bin is empty")).to_be_visible()
    page.get_by_role("link", name="To the gallery", exact=True).click()
    expect(page.locator(".tile")).to_have_count(1)


def test_sizes_stay(page: Page) -> None:
    upload(page, "one.png")
    page.get_by_role("radio", name="Large").check(force=True)
    expect(page.locator("gallery-page")).to_have_attribute("data-size", "l")
    page.reload()
    expect(page.locator("gallery-page")).to_have_attribute("data-size", "l")


@pytest.mark.parametrize("width", [390, 720, 1024, 1440, 1920])
def test_nothing_to_scroll_sideways(page: Page, width: int) -> None:
    upload(page, "one.png")
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width

"""The studio's main job, on the models that are there after set-up: prompts in the browser become assets in the gallery.

With STUDIO_PICTURES=1 it also draws the pictures of docs/pictures/.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
DONE_MS = 120_000
TEXT = "Write three sentences about a lighthouse keeper, for a child, in plain words."
IMAGE = "a sailboat by the sea"

pytestmark = pytest.mark.slow


def picture(page: Page, name: str) -> None:
    """Keep what the page looks like, where that was asked for."""
    drawn = Image.open(BytesIO(page.screenshot()))
    assert len(drawn.convert("RGB").getcolors(2**24) or []) > 20  # something is on it
    if os.environ.get("STUDIO_PICTURES"):
        PICTURES.mkdir(parents=True, exist_ok=True)
        drawn.save(PICTURES / f"{name}.webp", quality=82, method=6)


def test_it_works(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    toolbar = page.get_by_role("toolbar", name="Go on with this asset")
    page.goto("/create/")
    expect(page.get_by_role("heading", name="What would you like to make?")).to_be_visible()
    picture(page, "first-visit")
    page.get_by_role("textbox", name="Prompt").fill(TEXT)
    page.get_by_role("radio", name="Text").check(force=True)
    page.get_by_role("button", name="Submit").click()
    expect(page.locator(".stage [role=log]")).to_contain_text("lighthouse", ignore_case=True, timeout=DONE_MS)
    expect(page.get_by_role("textbox", name="Prompt")).to_have_value(
        TEXT
    )  # the form knows what is being made
    picture(page, "create-text")
    expect(toolbar).to_be_visible(timeout=DONE_MS)
    written = page.locator(".page-of-text").inner_text()
    assert len(written.split()) > 10

    page.goto("/create/image.generate/")
    page.get_by_role("textbox", name="Prompt").fill(IMAGE)
    page.locator("[data-name=seed] input").fill("7")
    page.get_by_role("textbox", name="Prompt").press("Control+Enter")
    stage = page.locator("stage-view")
    expect(stage.locator("img[alt^=Preview]")).to_be_visible(timeout=DONE_MS)
    expect(stage.locator(".status")).to_contain_text("left", timeout=DONE_MS)
    picture(page, "create-image-running")
    expect(toolbar).to_be_visible(timeout=DONE_MS)
    assert int(stage.get_attribute("data-previews") or 0) >= 3
    picture(page, "create-image")

    page.goto("/gallery/")
    main = page.locator("main")
    expect(main.get_by_role("img", name=IMAGE).first).to_be_visible()
    expect(main).to_contain_text(written.split(".")[0][:30])
    main.get_by_role("img", name=IMAGE).first.click()
    page.wait_for_url("**/assets/**")
    page.get_by_role("link", name="Revise").first.click()
    expect(page.get_by_role("textbox", name="Prompt")).to_have_value(IMAGE)
    expect(page.locator("[data-name=seed] input")).to_have_value("7")
    picture(page, "create-revise")


def test_the_pictures_of_light_and_small(page: Page) -> None:
    """The same pages in the light theme and on a phone."""
    page.goto("/create/image.generate/")
    page.get_by_role("button", name=IMAGE).click()
    expect(page.get_by_role("toolbar", name="Go on with this asset")).to_be_visible(timeout=DONE_MS)
    page.emulate_media(color_scheme="light")
    picture(page, "create-image-light")
    page.set_viewport_size({"width": 390, "height": 844})
    picture(page, "create-image-light-390")
    page.emulate_media(color_scheme="dark")
    picture(page, "create-image-390")


def test_the_picture_of_chat(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto("/chat/")
    box = page.get_by_role("textbox", name="Your turn")
    box.fill("Name three colours of the sea, as a list.")
    box.press("Enter")
    expect(page.locator("[data-answer]:not([aria-busy])")).to_have_count(1, timeout=DONE_MS)
    box.fill("Which of them comes at dusk?")
    box.press("Enter")
    expect(page.locator("[data-answer]:not([aria-busy])")).to_have_count(2, timeout=DONE_MS)
    picture(page, "chat")
    page.emulate_media(color_scheme="light")
    picture(page, "chat-light")

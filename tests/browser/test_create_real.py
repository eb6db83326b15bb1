"""The studio's main job, on the models that are there after set-up: prompts in the browser become assets in the gallery."""

from __future__ import annotations

from playwright.sync_api import Page, expect

DONE_MS = 120_000
TEXT = "Write three sentences about a lighthouse keeper, for a child, in plain words."
IMAGE = "a sailboat by the sea"


def test_it_works(page: Page) -> None:
    toolbar = page.get_by_role("toolbar", name="Go on with this asset")
    page.goto("/create/")
    expect(page.get_by_role("heading", name="What would you like to make?")).to_be_visible()
    page.get_by_role("textbox", name="Prompt").fill(TEXT)
    page.get_by_role("radio", name="Text").check(force=True)
    page.get_by_role("button", name="Submit").click()
    # What streams in, or what stands there once it is whole: a short answer is done before one has looked.
    told = page.locator(".stage :is([role=log], article)").first
    expect(told).to_contain_text("lighthouse", ignore_case=True, timeout=DONE_MS)
    expect(page.get_by_role("textbox", name="Prompt")).to_have_value(TEXT)
    expect(toolbar).to_be_visible(timeout=DONE_MS)
    written = page.locator(".page-of-text").inner_text()
    assert len(written.split()) > 10

    page.goto("/create/image.generate/")
    page.get_by_role("textbox", name="Prompt").fill(IMAGE)
    page.locator("[data-name=seed] input").fill("7")
    page.locator("[data-name=steps] input[type=number]").fill("40")  # long enough for several frames
    page.get_by_role("textbox", name="Prompt").press("Control+Enter")
    stage = page.locator("stage-view")
    expect(stage.locator("img[alt^=Preview]")).to_be_visible(timeout=DONE_MS)
    expect(stage.locator(".status")).to_contain_text("left", timeout=DONE_MS)
    expect(toolbar).to_be_visible(timeout=DONE_MS)
    assert int(stage.get_attribute("data-previews") or 0) >= 3

    page.goto("/gallery/")
    main = page.locator("main")
    expect(main.get_by_role("img", name=IMAGE).first).to_be_visible()
    expect(main).to_contain_text(written.split(".")[0][:30])
    main.get_by_role("img", name=IMAGE).first.click()
    page.wait_for_url("**/assets/**")
    page.get_by_role("link", name="Revise").first.click()
    expect(page.get_by_role("textbox", name="Prompt")).to_have_value(IMAGE)
    expect(page.locator("[data-name=seed] input")).to_have_value("7")

"""What a person has begun outlives a reload; Revise brings it back filled in."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.steps import picture


def test_a_draft_survives_a_reload(page: Page) -> None:
    page.goto("/create/test.paint/")
    page.get_by_label("Prompt", exact=True).fill("A red boat, half written")
    page.locator("[data-name=steps] input[type=number]").fill("44")
    page.locator("#count").fill("3")
    page.wait_for_timeout(500)
    page.reload()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("A red boat, half written")
    expect(page.locator("[data-name=steps] input[type=number]")).to_have_value("44")
    expect(page.get_by_role("button", name="Reset to 5")).to_be_visible()
    expect(page.locator("#count")).to_have_value("3")
    # More than may be asked for: it is said, kept, and not sent.
    page.locator("#count").fill("5000")
    expect(page.get_by_text("A whole number from 1 to 500.")).to_be_visible()
    page.get_by_label("Prompt", exact=True).press("Control+Enter")
    expect(page.locator("#count")).to_be_focused()
    expect(page.locator("#count")).to_have_value("5000")
    page.get_by_role("button", name="One fewer").click()
    expect(page.locator("#count")).to_have_value("500")
    expect(page.get_by_text("A whole number from 1 to 500.")).to_be_hidden()


def test_a_draft_keeps_its_picture(page: Page) -> None:
    page.goto("/create/image.upscale/")
    page.locator("[data-name=image] input[type=file]").set_input_files(picture("pier.png"))
    expect(page.locator("[data-name=image] .says")).to_have_text("pier")
    page.wait_for_timeout(500)
    page.reload()
    expect(page.locator("[data-name=image] .says")).to_have_text("pier")
    expect(page.get_by_text("cannot be used")).to_have_count(0)


def test_revise_brings_the_form_back(page: Page) -> None:
    page.goto("/create/test.paint/")
    page.get_by_label("Prompt", exact=True).fill("A red boat by the pier")
    page.locator("[data-name=steps] input[type=number]").fill("7")
    page.get_by_label("Prompt", exact=True).press("Control+Enter")
    page.get_by_role("link", name="Revise").click(timeout=20_000)
    expect(page.locator(".revises")).to_contain_text("A red boat by the pier")
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("A red boat by the pier")
    expect(page.locator("[data-name=steps] input[type=number]")).to_have_value("7")
    parent = page.url.split("from=")[1]
    page.get_by_label("Prompt", exact=True).fill("A blue boat by the pier")
    page.get_by_label("Prompt", exact=True).press("Control+Enter")
    expect(page.locator("stage-view header")).to_contain_text("A blue boat")
    expect(page.get_by_role("toolbar", name="Go on with this asset")).to_be_visible(timeout=20_000)
    child = page.locator("stage-view").get_attribute("data-asset")
    answer = page.request.get(f"/api/v1/assets/{child}").json()
    assert [link["id"] for link in answer["parents"]] == [parent]

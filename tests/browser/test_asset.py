"""A person looks at one asset: facts, rating, title, tags, family, Revise, delete and undo."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.steps import call, submit, wait_done


def make(page: Page, **inputs: Any) -> str:
    """The id of a new picture."""
    page.goto("/gallery/")
    done = wait_done(page, submit(page, **inputs))
    asset: str = done["assets"][0]["id"]
    return asset


def test_it_works(page: Page) -> None:
    asset = make(page, prompt="A red boat by the pier", seed=77, steps=3)
    page.goto(f"/assets/{asset}/")
    expect(page.get_by_role("img", name="A red boat by the pier")).to_be_visible()
    facts = page.get_by_role("complementary", name="Facts")
    expect(facts).to_contain_text("A red boat by the pier")
    expect(facts).to_contain_text("77")
    expect(facts).to_contain_text("In the file")
    expect(facts.locator("[data-run]")).to_contain_text(" s")  # how long it took, from the job
    facts.get_by_role("button", name="Rate 4 of 5").click()
    facts.get_by_label("Title").fill("The pier")
    facts.get_by_label("Title").press("Enter")
    expect(page.get_by_role("status").last).to_contain_text("Saved.")
    facts.get_by_label("Add a tag").fill("harbour")
    facts.get_by_label("Add a tag").press("Enter")
    expect(facts.get_by_role("link", name="harbour")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Rate 4 of 5")).to_have_attribute("aria-pressed", "true")
    expect(facts.get_by_label("Title")).to_have_value("The pier")
    facts.get_by_role("button", name="Remove the tag harbour").click()
    expect(facts.get_by_role("link", name="harbour")).to_have_count(0)
    assert call(page, "GET", f"assets/{asset}")["tags"] == []


def test_revise_brings_the_form_back_filled_in(page: Page) -> None:
    asset = make(page, prompt="A red boat to revise", steps=4)
    page.goto(f"/assets/{asset}/")
    page.get_by_role("link", name="Revise", exact=True).click()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("A red boat to revise")
    page.wait_for_load_state("load")  # the form answers to keys from here on
    with page.expect_response(
        lambda answer: answer.request.method == "POST" and "/jobs" in answer.url
    ) as sent:
        page.get_by_label("Prompt", exact=True).press("Control+Enter")
    assert wait_done(page, sent.value.json())["parent"] == asset
    page.goto(f"/assets/{asset}/")
    family = page.locator(".family")
    expect(family).to_contain_text("1 relative")
    family.get_by_role("link", name="revision").click()
    expect(family.get_by_role("link", name="earlier revision")).to_be_visible()


def test_use_it_in_another_tool(page: Page) -> None:
    asset = make(page, prompt="A boat to invert")
    page.goto(f"/assets/{asset}/")
    page.get_by_role("toolbar").get_by_role("link", name="Invert").click()
    expect(page).to_have_url(f"{page.url.split('/create')[0]}/create/test.invert/?use={asset}")


def test_a_text_is_read_and_copied(page: Page) -> None:
    page.goto("/gallery/")
    done = wait_done(page, submit(page, "test.echo", prompt="**Wind** north by east <b>x</b>", pause_ms=0))
    page.goto(f"/assets/{done['assets'][0]['id']}/")
    expect(page.locator(".sheet strong")).to_have_text("Wind")
    expect(page.locator(".sheet b")).to_have_count(0)
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("status").last).to_contain_text("Copied")


def test_download_gives_the_stored_bytes(page: Page) -> None:
    asset = make(page, prompt="A boat to take along")
    page.goto(f"/assets/{asset}/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith(".png")


def test_delete_and_undo(page: Page) -> None:
    asset = make(page, prompt="A boat to lose")
    page.goto(f"/assets/{asset}/")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("status").last).to_contain_text("In the bin.")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Delete")).to_be_enabled()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("status").last).to_contain_text("In the bin.")
    page.reload()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("button", name="Delete")).to_be_visible()


def test_keys_go_to_the_next(page: Page) -> None:
    first = make(page, prompt="The older boat")
    second = make(page, prompt="The newer boat")
    page.goto(f"/assets/{second}/")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("img", name="The older boat")).to_be_visible()
    assert first in page.url
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("img", name="The newer boat")).to_be_visible()

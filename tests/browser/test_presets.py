"""A list for prompts is made and drawn from, inputs are kept as a preset and used again."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.steps import call, found


def test_wildcards_and_presets(page: Page) -> None:
    page.goto("/presets/")
    page.get_by_label("Name").fill("colour")
    page.get_by_label("Lines").fill("red\n__colour__")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("leads back to itself")
    expect(page.get_by_label("Lines")).to_have_value("red\n__colour__")  # nothing typed is lost
    page.get_by_label("Lines").fill("red\n{dark|light} blue")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main summary")).to_contain_text("__colour__ 3 wordings")
    assert found(page) == []

    page.goto("/create/test.paint/")
    prompt = page.get_by_role("textbox", name="Prompt", exact=True)
    prompt.fill("a __colour__ boat and a __nobody__")
    expect(page.locator("prompt-field .ways")).to_have_text("3 wordings")
    expect(page.locator("prompt-field mark")).to_have_text("__colour__")
    page.get_by_role("button", name="Save as preset").click()
    dialog = page.get_by_role("dialog", name="Save as preset")
    dialog.get_by_label("Name").fill("Boats")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("toast-list")).to_contain_text("Boats")
    with page.expect_response(lambda answer: answer.url.endswith("/api/v1/batches")) as told:
        page.get_by_role("button", name="Submit").click()
    assert told.value.json()["total"] == 3

    preset = call(page, "GET", "presets?tool=test.paint")["items"][0]
    page.goto("/create/test.paint/")
    prompt.fill("")
    page.get_by_label("Preset", exact=True).select_option("Boats")
    expect(prompt).to_have_value("a __colour__ boat and a __nobody__")
    assert found(page) == []

    page.set_viewport_size({"width": 390, "height": 900})
    page.goto("/presets/")
    assert found(page) == []
    page.locator(f"#preset-{preset['id']}").fill("Ships")
    page.get_by_role("button", name="Rename").click()
    expect(page.locator(f"#preset-{preset['id']}")).to_have_value("Ships")
    page.get_by_role("link", name="Use").click()
    expect(page.get_by_role("textbox", name="Prompt", exact=True)).to_have_value(
        "a __colour__ boat and a __nobody__"
    )

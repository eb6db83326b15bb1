"""A person keeps what they did in two steps as a template, and runs it again with another word."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.looks import look
from tests.browser.steps import call, found, submit, wait_done


def test_it_works(page: Page) -> None:
    page.goto("/chains/")
    expect(page.get_by_text("There is none yet.")).to_be_visible()
    [boat] = wait_done(page, submit(page, prompt="A red boat", seed=7, steps=1))["assets"]
    [dark] = wait_done(page, submit(page, "test.invert", image=boat["id"]))["assets"]
    page.goto(f"/assets/{dark['id']}/")
    page.get_by_role("link", name="Save as template").click()
    expect(page.get_by_role("heading", name="1 Paint")).to_be_visible()
    expect(page.get_by_role("heading", name="2 Invert")).to_be_visible()
    image = page.get_by_label("Image")
    expect(image.locator("option:checked")).to_have_text("What step 1 makes")
    # By keyboard: the focus goes along, and a step that stands before what it takes from is not saved.
    up = page.get_by_role("button", name="Move step 2 up: Invert")
    up.focus()
    page.keyboard.press("Enter")
    down = page.get_by_role("button", name="Move step 1 down: Invert")
    expect(down).to_be_focused()
    expect(page.locator("[data-said]")).to_have_text(
        "Invert is step 1 of 2 now. Choose where it comes from: Image"
    )
    page.get_by_label("Name").fill("Negatives")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Only an earlier step can be taken from.")
    assert found(page) == []
    down.focus()
    page.keyboard.press("Enter")
    expect(up).to_be_focused()
    expect(image.locator("option:checked")).to_have_text("What step 1 makes")
    expect(page.get_by_label("Name")).to_have_value("Negatives")
    page.get_by_role("button", name="Save").click()

    field = page.get_by_label("Prompt")
    expect(field).to_have_value("A red boat")
    assert found(page) == []
    field.fill("")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("This has to be filled in.")).to_be_visible()
    field.fill("A yellow house")
    page.get_by_role("button", name="Run").click()
    expect(page.locator(".run-sum")).to_contain_text("2 of 2 steps done", timeout=30_000)
    expect(page.locator(".works img")).to_have_count(2)
    expect(page.get_by_role("link", name="A yellow house").first).to_be_visible()
    look(page, page.url)
    [run] = call(page, "GET", "chains/runs")["items"]
    assert run["state"] == "succeeded"
    [told] = call(page, "GET", "notices")["items"]
    assert told["title"] == "“Negatives” is done"
    assert told["read_at"], "whoever looks at its page has been told"

    page.goto("/chains/")
    page.get_by_role("button", name="Delete Negatives").click()
    row = page.get_by_role("link", name="Negatives", exact=True).first
    expect(page.get_by_text("“Negatives” is deleted.")).to_be_visible()
    assert call(page, "GET", "chains")["items"] == []
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("“Negatives” is back.")).to_be_visible()
    expect(row).to_be_visible()
    assert found(page) == []

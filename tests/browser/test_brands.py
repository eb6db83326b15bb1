"""A brand kit is made, chosen for a text, and named on what came of it; it is deleted with a way back."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.steps import call, found


def test_a_kit_from_form_to_asset(page: Page) -> None:
    page.goto("/brands/new/")
    page.get_by_label("Name", exact=True).fill("Harbour light")
    add = page.get_by_role("button", name="Add a colour")
    for number, (colour, name) in enumerate((("#1f7a8c", "Sea"), ("#e07a5f", "Coral"), ("#333333", "")), 1):
        add.press("Enter")
        expect(page.get_by_label(f"Colour {number}", exact=True)).to_be_focused()
        page.get_by_label(f"Colour {number} as").fill(colour)
        page.get_by_label(f"Name of colour {number}").fill(name)
        expect(page.get_by_label(f"Colour {number}", exact=True)).to_have_value(colour)
    page.get_by_label("Colour 1", exact=True).fill("#0b3954")
    expect(page.get_by_label("Colour 1 as")).to_have_value("#0b3954")
    page.get_by_role("button", name="Take colour 3 out").press("Enter")
    expect(page.get_by_role("button", name="Take colour 2 out")).to_be_focused()
    page.get_by_label("Tone of voice").fill("Warm and plain")
    page.get_by_label("Words to avoid").fill("cheap\nguys")
    assert found(page) == []
    page.get_by_role("button", name="Save").click()
    row = page.locator("#brands li[data-brand]")
    expect(row).to_contain_text("#0b3954")
    assert found(page) == []

    page.goto("/create/test.echo/")
    page.get_by_role("textbox", name="Prompt", exact=True).fill("A cheap lamp for you guys")
    page.locator(".more-inputs > summary").click()
    page.get_by_label("Brand", exact=True).select_option("Harbour light")
    with page.expect_response(lambda answer: answer.url.endswith("/api/v1/jobs")) as told:
        page.get_by_role("button", name="Submit").click()
    job = told.value.json()
    assert job["inputs"]["brand"]["avoid"] == ["cheap", "guys"]
    card = page.locator("a[href^='/assets/']").first
    expect(card).to_be_visible()
    asset = call(page, "GET", "assets?limit=1")["items"][0]
    page.goto(f"/assets/{asset['id']}/")
    expect(page.get_by_text("It uses words that Harbour light avoids: cheap, guys")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Brand")
    page.goto(f"/create/test.echo/?inputs={asset['id']}")
    expect(page.locator("#in-brand option:checked")).to_have_text("Harbour light")
    assert found(page) == []

    page.set_viewport_size({"width": 390, "height": 900})
    page.goto("/brands/")
    assert found(page) == []
    page.get_by_role("button", name="Delete Harbour light").click()
    expect(row).to_have_count(0)
    page.locator("toast-list").get_by_role("button", name="Undo").click()
    expect(row).to_contain_text("Harbour light")

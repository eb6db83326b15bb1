"""A person looks at the models; an operator adds one and is told in words why it cannot be."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.stack import Stack


def test_what_there_is(page: Page) -> None:
    page.goto("/models/")
    expect(page.get_by_role("heading", name="Models")).to_be_visible()
    expect(page.get_by_role("heading", name="Write text")).to_be_visible()
    expect(page.get_by_text("Used by default").first).to_be_visible()
    expect(page.get_by_role("button", name="Install", exact=False)).to_have_count(0)  # the operator's alone


def test_a_folder_that_is_none_is_said_beside_the_field(anonymous_page: Page, stack: Stack) -> None:
    page = anonymous_page
    page.goto(stack.signin_link())
    page.wait_for_url(lambda url: "/signin/" not in url)
    page.goto("/models/")
    page.get_by_role("button", name="Add a model").click()
    dialog = page.get_by_role("dialog", name="Add a model")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("Say where the model lies")
    dialog.get_by_label("Folder, file or hub name").fill("/no/such/folder")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("/no/such/folder")
    expect(dialog.get_by_label("Folder, file or hub name")).to_have_value("/no/such/folder")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Add a model")).to_be_focused()

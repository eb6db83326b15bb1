"""A person gets in by link, sets a password, gets out, and in again by password."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.stack import Stack

PASSWORD = "seven grey seals at noon"


def test_by_link_then_by_password(anonymous_page: Page, stack: Stack) -> None:
    page = anonymous_page
    name = stack.new_name()
    link = stack.signin_link(name)
    page.goto("/gallery/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(link)
    expect(page.get_by_role("navigation", name="Studio")).to_be_visible()  # one click on the link was all
    page.goto("/account/")
    address = page.get_by_label("E-mail address").input_value()
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("Once more").fill(PASSWORD)
    page.get_by_role("button", name="Set a password").click()
    expect(page.get_by_role("status").last).to_contain_text("Your new password is set.")

    page.locator(".account > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

    page.goto(link)  # it is spent
    expect(page.get_by_role("heading", name="This link no longer works")).to_be_visible()
    page.goto("/gallery/")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not go together")
    expect(page.get_by_label("E-mail address")).to_have_value(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Gallery")).to_be_visible()  # where one wanted to go


def test_the_theme_stays(page: Page) -> None:
    page.goto("/account/")
    page.locator("main").get_by_role("button", name="Light").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.goto("/gallery/")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_a_token_is_shown_and_copied(page: Page) -> None:
    page.goto("/account/")
    page.get_by_text("Make a token").click()
    page.get_by_label("What is it for").fill("plugin")
    page.get_by_role("button", name="Make the token").click()
    expect(page.locator("#secret")).to_contain_text("st_")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("status").last).to_contain_text("Copied")
    page.get_by_role("button", name="Revoke plugin").click()
    expect(page.get_by_role("row", name="plugin")).to_have_count(0)


def test_what_is_not_there_has_a_page(page: Page) -> None:
    page.goto("/assets/01a212d7-5c42-7454-8712-88584c051fc9/")
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    page.get_by_role("link", name="To the studio").click()
    expect(page.get_by_role("navigation", name="Studio")).to_be_visible()

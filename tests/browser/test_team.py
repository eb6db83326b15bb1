"""A person makes a team, invites somebody by link, who joins; roles change; one leaves."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import submit, wait_done
from tests.stack import Stack


def test_make_invite_join_share_leave(page: Page, browser: Browser, stack: Stack) -> None:
    page.goto("/team/")
    page.get_by_label("Name").fill("Harbour crew")
    page.get_by_role("button", name="Make a team").click()
    expect(page.get_by_role("heading", name="Harbour crew")).to_be_visible()
    page.get_by_role("combobox", name="Role", exact=True).select_option("reviewer")
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("#invitation-link").inner_text()

    context = browser.new_context(base_url=stack.url)
    other = context.new_page()
    other.goto(link)
    expect(other.get_by_role("heading", name="Join Harbour crew")).to_be_visible()
    other.get_by_label("Your name").fill("Theo")
    other.get_by_label("E-mail address").fill(f"theo-{stack.new_name()}@example.org")
    other.get_by_label("Password").fill("seven grey seals at noon")
    other.get_by_role("button", name="Make an account and join").click()
    other.wait_for_url(lambda url: "/join/" not in url)

    # What one makes, the other sees come.
    other.goto("/gallery/")
    wait_done(page, submit(page, prompt="A boat for the crew"))
    page.goto("/team/")
    row = page.get_by_role("listitem").filter(has_text="Theo")
    row.get_by_role("combobox", name="Role of Theo").select_option("creator")
    expect(page.get_by_role("status").last).to_contain_text("Theo is creator now.")

    other.goto("/team/")
    other.get_by_role("link", name="Leave this team").click()
    other.get_by_role("button", name="Leave Harbour crew").click()
    other.wait_for_url(lambda url: "/team/" not in url)
    context.close()
    page.reload()
    expect(page.get_by_role("listitem").filter(has_text="Theo")).to_have_count(0)


def test_a_spent_invitation_says_so(page: Page) -> None:
    page.goto("/join/spent-or-wrong/")
    expect(page.get_by_role("heading", name="This invitation no longer works")).to_be_visible()

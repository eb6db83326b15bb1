"""One person is told what another did: the bell counts without a reload, its page leads on, and says when it mails."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.browser.looks import look
from tests.browser.steps import call, wait_done
from tests.stack import Stack


def test_the_bell_tells_at_once(page: Page, browser: Browser, stack: Stack) -> None:
    page.goto("/notices/")
    expect(page.get_by_role("heading", name="Nothing to tell you yet")).to_be_visible()
    page.goto("/team/")
    page.get_by_label("Name").fill("Harbour crew")
    page.get_by_role("button", name="Make a team").click()
    expect(page.get_by_role("heading", name="Harbour crew")).to_be_visible()
    page.get_by_role("combobox", name="Role", exact=True).select_option("reviewer")
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("#invitation-link").inner_text()
    team = page.evaluate("document.documentElement.dataset.team")

    context = browser.new_context(base_url=stack.url, viewport={"width": 1440, "height": 900}, locale="en-GB")
    other = context.new_page()
    other.goto(stack.signin_link(stack.new_name()))
    other.wait_for_url(lambda url: "/signin/" not in url)
    other.goto(link)
    other.get_by_role("button", name="Join").click()
    other.wait_for_url(lambda url: "/join/" not in url)
    other.goto("/queue/")
    bell = other.get_by_role("link", name="Notices", exact=True)
    expect(bell).to_be_visible()
    expect(other.locator(".bell > b")).to_be_hidden()

    job: dict[str, object] = call(
        page, "POST", "jobs", {"tool": "test.paint", "inputs": {"prompt": "A red boat"}, "team": team}
    )
    asset = wait_done(page, job)["assets"][0]["id"]
    for title in ("The boat", "The boat, once more"):
        call(page, "POST", "reviews", {"assets": [asset], "role": "reviewer", "title": title})
    # No reload: the page that the other has open hears of it.
    bell = other.get_by_role("link", name="Notices, 2 unread")
    expect(bell).to_be_visible()
    expect(other.locator("notice-bell [role=status]")).to_contain_text("The boat, once more")

    bell.focus()
    other.keyboard.press("Enter")
    rows = other.locator(".notice")
    expect(rows).to_have_count(2)
    look(other, "/notices/")
    # What comes while the page is open joins the list.
    call(page, "POST", "reviews", {"assets": [asset], "role": "reviewer", "title": "And the sail"})
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("And the sail")
    rows.first.get_by_role("button", name="Mark as read").click()
    expect(other.get_by_role("link", name="Notices, 2 unread")).to_be_visible()
    rows.nth(1).get_by_role("link").click()
    other.wait_for_url("**/review/**")
    other.goto("/notices/")
    expect(other.get_by_role("link", name="Notices, 1 unread")).to_be_visible()

    other.get_by_role("button", name="Mark all read").click()
    expect(other.get_by_role("link", name="Notices", exact=True)).to_be_visible()
    other.get_by_role("link", name="Unread").click()
    expect(other.get_by_role("heading", name="You have read everything")).to_be_visible()

    other.get_by_role("link", name="When I am told").click()
    expect(other.get_by_label("Time zone")).to_have_value(
        other.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    )
    other.get_by_label("How often").select_option("daily")
    other.get_by_label("Quiet from").fill("22:00")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_text("Quiet hours have a beginning and an end")).to_be_visible()
    other.get_by_label("Quiet until").fill("07:00")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_role("status").last).to_contain_text("Saved.")
    assert call(other, "GET", "notices/preferences")["quiet_to"] == "07:00"
    context.close()

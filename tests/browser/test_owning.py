"""What a person owns: a picture goes to another team and back, the team to another owner, everything into a zip; the
account goes, and signing in keeps it."""

from __future__ import annotations

import json
import zipfile

from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import call, found, picture
from tests.stack import Stack


def _another(browser: Browser, stack: Stack, link: str) -> None:
    """Somebody else joins by this link."""
    context = browser.new_context(base_url=stack.url)
    cookie = stack.session(stack.new_name())
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": stack.url}])
    tab = context.new_page()
    tab.goto(link)
    tab.get_by_role("button", name="Join as").click()
    tab.wait_for_url(lambda url: "/join/" not in url)
    context.close()


def test_move_hand_over_export_leave_delete_and_come_back(page: Page, browser: Browser, stack: Stack) -> None:
    page.goto("/team/")
    me = call(page, "GET", "me")["user"]
    page.get_by_label("Name").fill("Pier crew")
    page.get_by_role("button", name="Make a team").click()
    expect(page.get_by_role("heading", name="Pier crew")).to_be_visible()
    page.get_by_role("button", name="Make a link").click()
    _another(browser, stack, page.locator("#invitation-link").inner_text())

    # A picture moves to one's own place, and back.
    page.goto("/gallery/")
    page.locator("gallery-page > input[type=file]").set_input_files([picture("boat.png")])
    tile = page.locator(".tile")
    expect(tile).to_have_count(1)
    tile.locator(".pick").check(force=True)
    page.get_by_role("button", name="Move or copy").click()
    dialog = page.get_by_role("dialog", name="Move or copy 1 asset")
    expect(dialog).to_contain_text("Ratings, comments, reviews and share links belong to this team")
    assert found(page) == []
    own = dialog.get_by_label("To the team").input_value()
    dialog.get_by_label("Move", exact=False).check()
    elsewhere = page.context.new_page()  # what goes, goes from every open gallery
    elsewhere.goto("/gallery/")
    expect(elsewhere.locator(".tile")).to_have_count(1)
    dialog.get_by_role("button", name="Send").click()
    expect(page.locator("toast-list")).to_contain_text("1 asset is in")
    expect(tile).to_have_count(0)
    expect(elsewhere.locator(".tile")).to_have_count(0)
    elsewhere.close()
    assert [one["title"] for one in call(page, "GET", f"assets?team={own}")["items"]] == ["boat"]
    page.locator("toast-list").get_by_role("button", name="Undo").click()
    expect(tile).to_have_count(1)
    assert call(page, "GET", f"assets?team={own}")["items"] == []

    # The team gets another owner.
    page.goto("/team/")
    expect(page.get_by_text("You are its only owner")).to_be_visible()
    page.get_by_label("New owner").select_option(index=1)
    page.get_by_role("button", name="Hand the team over").click()
    page.get_by_role("button", name="Hand over, really").click()
    expect(page.locator("toast-list")).to_contain_text("you are a manager")

    # Everything into a zip, which opens.
    page.goto("/account/")
    page.get_by_role("link", name="Take everything along").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("profile.json"))["email"] == me["email"]
        names = [name for name in archive.namelist() if name.endswith("boat.png")]
        (name,) = [
            name for name in names if "pier-crew" in name
        ]  # the other lies in the bin of one's own place
        assert archive.read(name) == picture("boat.png")["buffer"]
        assert json.loads(archive.read(f"{name}.json"))["title"] == "boat"

    # Who is no longer the owner may leave.
    page.goto("/team/")
    page.get_by_role("link", name="Leave this team").click()
    expect(page.get_by_role("heading", name="What becomes of your things")).to_be_visible()
    page.get_by_role("button", name="Leave Pier crew").click()
    page.wait_for_url(lambda url: "/team/" not in url)
    assert [team["personal"] for team in call(page, "GET", "teams")["items"]] == [True]

    # The account goes; signing in keeps it.
    page.goto("/account/delete/")
    page.get_by_label("Type your address").fill(me["email"])
    page.get_by_role("button", name="Delete my account").click()
    page.wait_for_url("**/signin/")
    expect(page.get_by_text("Sign in before then, and it stays.")).to_be_visible()
    page.goto(stack.signin_link(me["email"]))  # goes on by itself
    expect(page.locator("toast-list")).to_contain_text("Your account stays")
    assert call(page, "GET", "me")["user"]["email"] == me["email"]

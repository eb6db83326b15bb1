"""Two people side by side: what one does, the other's open page shows without a reload."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.steps import call, found, wait_done
from tests.stack import Stack

HIDDEN = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def other(browser: Browser, stack: Stack) -> Iterator[BrowserContext]:
    """The browser of a second person, who is signed in."""
    context = browser.new_context(
        base_url=stack.url, viewport={"width": 1440, "height": 900}, locale="en-GB", reduced_motion="reduce"
    )
    cookie = stack.session(stack.new_name())
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": stack.url}])
    yield context
    context.close()


def seen(what: str, act: Callable[[], Any], shows: Callable[[], Any]) -> Any:
    """Do it, and wait until the other page shows it; says how long that took after the answer."""
    told = act()
    since = time.monotonic()
    shows()
    sys.stdout.write(f"{what}: seen {time.monotonic() - since:.2f} s after the answer\n")
    return told


def test_what_one_does_the_other_sees(page: Page, other: BrowserContext) -> None:
    page.goto("/team/")
    team = call(page, "POST", "teams", {"name": "Side by side"})["id"]
    link = call(page, "POST", "invitations", {"team": team, "role": "reviewer"})["url"]

    def tab(path: str) -> Page:
        """Another page of the second person, which hears the team already."""
        opened = other.new_page()
        opened.goto(path)
        expect(opened.locator("here-now .avatars > .avatar")).to_have_count(
            1
        )  # its feed has said who else is here
        return opened

    def text(shown: Locator, words: str) -> Callable[[], None]:
        return lambda: expect(shown).to_contain_text(words)

    guest = other.new_page()
    guest.goto(link)
    page.goto(f"/team/?team={team}")
    members = page.locator("#members-part li")
    expect(members).to_have_count(1)

    def join() -> None:
        guest.get_by_role("button", name="Join").click()
        guest.wait_for_url(lambda url: "/join/" not in url)

    seen("a new member", join, lambda: expect(members).to_have_count(2))
    guest.goto("/gallery/")
    expect(page.locator("here-now .avatars > .avatar")).to_have_count(1)

    # What one makes: the queue, then the gallery.
    gallery, queue = tab("/gallery/"), tab("/queue/")
    order = {
        "tool": "test.paint",
        "inputs": {"prompt": "A red boat", "steps": 12, "pause_ms": 100},
        "team": team,
    }
    job = seen(
        "a job", lambda: call(page, "POST", "jobs", order), text(queue.locator("queue-page"), "A red boat")
    )
    done = seen(
        "an asset", lambda: wait_done(page, job), lambda: expect(gallery.locator(".tile")).to_have_count(1)
    )
    asset = done["assets"][0]["id"]
    rate = gallery.locator(".tile .rate")
    seen("a rating", lambda: call(page, "PATCH", f"assets/{asset}", {"rating": 4}), text(rate, "4"))
    seen(
        "a deletion",
        lambda: call(page, "DELETE", f"assets/{asset}"),
        lambda: expect(gallery.locator(".tile")).to_have_count(0),
    )
    seen(
        "its way back",
        lambda: call(page, "POST", f"assets/{asset}/restore", {}),
        lambda: expect(gallery.locator(".tile")).to_have_count(1),
    )

    # An asset that both look at: a name, and a tag.
    work = tab(f"/assets/{asset}/")
    page.goto(f"/assets/{asset}/")
    expect(work.locator("here-now .avatars > .beside")).to_have_count(1)
    name, tags = work.locator(".title"), work.locator(".tags")
    seen("a title", lambda: call(page, "PATCH", f"assets/{asset}", {"title": "Boat"}), text(name, "Boat"))
    seen("a tag", lambda: call(page, "PATCH", f"assets/{asset}", {"tags": ["sea"]}), text(tags, "sea"))

    # A verdict: the one who asked sees it in the list.
    review = call(page, "POST", "reviews", {"assets": [asset], "role": "reviewer", "title": "The boat"})
    page.goto(f"/review/?show=mine&team={team}")
    row = page.locator(".review-row")
    expect(row).to_contain_text("The boat")
    item = review["shown"][0]
    verdict = {"verdict": "approved", "asset": item["asset"]["id"]}
    seen(
        "a verdict",
        lambda: call(work, "POST", f"reviews/{review['id']}/items/{item['id']}/decide", verdict),
        text(row, "Approved"),
    )

    # Roles, quotas and presets; a form that is being written in is left alone, with a word.
    me = next(row for row in call(page, "GET", f"members?team={team}")["items"] if row["role"] == "reviewer")
    people, quotas = tab("/team/"), tab("/team/quotas/")
    mine = people.locator("#members-part li", has_text="you")
    seen(
        "a role",
        lambda: call(page, "PATCH", f"members/{me['id']}", {"role": "creator"}),
        text(mine, "Creator"),
    )
    limits = {"jobs_a_day": 50, "minutes_a_month": None, "disk_mb": None}
    used = quotas.locator("#quotas-used")
    seen("a quota", lambda: call(page, "PATCH", f"teams/{team}/quotas", limits), text(used, "of 50"))
    keep = {"tool": "test.paint", "name": "Dusk", "inputs": {"steps": 3}, "team": team}
    presets = tab("/presets/")
    field = presets.locator("#presets input[name=name]")
    kept = seen(
        "a preset", lambda: call(page, "POST", "presets", keep), lambda: expect(field).to_have_value("Dusk")
    )
    field.fill("Dusk at sea")
    seen(
        "a preset that one writes in",
        lambda: call(page, "PATCH", f"presets/{kept['id']}", {"name": "Dawn"}),
        text(presets.locator(".changed-meanwhile"), "changed this meanwhile"),
    )
    expect(field).to_have_value("Dusk at sea")


def test_activity_and_who_is_here_on_any_screen(page: Page, other: BrowserContext, stack: Stack) -> None:
    page.goto("/team/")
    team = call(page, "POST", "teams", {"name": "Harbour"})["id"]
    link = call(page, "POST", "invitations", {"team": team, "role": "creator"})["url"]
    guest = other.new_page()
    guest.goto(link)
    guest.get_by_role("button", name="Join").click()
    guest.wait_for_url(lambda url: "/join/" not in url)
    page.goto(f"/team/activity/?team={team}")
    rows = page.locator(".activity-rows > li")
    expect(rows.first).to_contain_text("joined the team")
    order = {
        "tool": "test.paint",
        "inputs": {"prompt": "A red boat", "steps": 1, "pause_ms": 0},
        "team": team,
    }
    call(guest, "POST", "jobs", order)
    expect(rows.first).to_contain_text("made a picture: A red boat")
    page.locator("here-now summary").click()
    expect(page.locator("here-now .menu")).to_contain_text("Elsewhere in the team")
    screens: list[tuple[Literal["dark", "light"], int]] = [("dark", 390), ("light", 1440)]
    for theme, width in screens:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 900})
        assert found(page) == [], f"{theme}, {width}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Escape")
    expect(page.locator("here-now .menu")).to_be_hidden()
    page.get_by_label("Kind").select_option("member")
    page.wait_for_url("**kind=member**")
    expect(rows.first).to_contain_text("joined the team")
    guest.clock.install()
    guest.goto("/account/")
    others = page.locator("here-now .avatars > .avatar")
    expect(others).to_have_count(1)
    guest.evaluate(HIDDEN, True)  # their tab lies behind another one
    guest.clock.fast_forward(61_000)
    expect(others).to_have_count(0)
    guest.evaluate(HIDDEN, False)
    expect(others).to_have_count(1)
    guest.get_by_label("Show others when I am here").uncheck()
    guest.locator("section", has=guest.locator("#you")).get_by_role("button", name="Save").click()
    expect(guest.get_by_label("Show others when I am here")).not_to_be_checked()
    expect(others).to_have_count(0)

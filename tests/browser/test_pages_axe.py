"""An automatic check against WCAG 2.2 AA finds nothing on any page, in both themes, at 390 and 1440 (looks.py)."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.looks import look, turn
from tests.browser.steps import call, found, picture, submit, wait_done

EVERYWHERE = [
    "/queue/",
    "/gallery/",
    "/gallery/?q=nowhere",
    "/gallery/bin/",
    "/models/",
    "/nodes/",
    "/team/",
    "/account/",
    "/notices/",
    "/notices/preferences/",
    "/presets/",
    "/brands/",
]


def test_nothing_is_found_on_empty_pages(page: Page) -> None:
    for place, path in enumerate(EVERYWHERE):  # with work in them most come once more
        look(page, path, turn(place))


def test_nothing_is_found_with_work_in_them(page: Page) -> None:
    page.goto("/gallery/")
    page.locator("gallery-page > input[type=file]").set_input_files([picture("harbour.png")])
    image = wait_done(page, submit(page, prompt="A red boat"))
    text = wait_done(
        page, submit(page, "test.echo", prompt="# A log\n\n| a | b |\n|---|---|\n| 1 | 2 |", pause_ms=0)
    )
    failed = wait_done(page, submit(page, "test.misbehave", how="refuse"))
    for path in (
        "/gallery/",
        f"/assets/{image['assets'][0]['id']}/",
        f"/assets/{text['assets'][0]['id']}/",
        f"/jobs/{image['id']}/",
        f"/jobs/{failed['id']}/",
        "/queue/",
    ):
        look(page, path)
    board = call(page, "POST", "boards", {"title": "Harbour"})["id"]
    call(
        page, "POST", f"boards/{board}/assets", {"assets": [job["assets"][0]["id"] for job in (image, text)]}
    )
    links = [
        call(page, "POST", "shares", {"board": board, "may_comment": True, "may_download": True})["url"],
        call(page, "POST", "shares", {"board": board, "password": "open sesame"})["url"],
    ]
    shown = [f"/boards/{board}/", "/boards/", f"/shares/?board={board}", *links]
    for path in (*shown, f"{links[0]}{image['assets'][0]['id']}/"):
        look(page, path)
    # A guest's forms are taken: the password and a comment.
    page.goto(links[1])
    page.get_by_label("Password").fill("open sesame")
    page.get_by_role("button", name="Open").click()
    expect(page.locator(".guest-grid a")).to_have_count(2)
    page.goto(f"{links[0]}{image['assets'][0]['id']}/")
    page.get_by_label("Your name").fill("Gil")
    page.get_by_label("Your comment").fill("Warmer, please")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator(".guest-comments article")).to_contain_text("Warmer, please")
    page.goto("/gallery/")
    page.locator(".tile .pick").first.check(force=True)
    assert found(page) == []
    page.get_by_role("toolbar").get_by_role("button", name="Tag").click()
    assert found(page) == []


def test_nothing_is_found_before_one_is_in(anonymous_page: Page) -> None:
    for path in ("/signin/", "/reset/", "/signin/spent/", "/join/spent/", "/no/such/page/"):
        look(anonymous_page, path)

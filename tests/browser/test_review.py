"""The round by two people: a batch, a board, a review, a pinned comment, changes requested, a revision with the comment
woven in, compared and approved, and a share link that a guest opens until it is revoked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looks import look
from tests.browser.steps import call, wait_done
from tests.stack import Stack

PATIENCE_MS = 90_000  # twelve jobs run, a language model writes


@pytest.fixture
def crew(page: Page, browser: Browser, stack: Stack) -> Iterator[tuple[Page, Page]]:
    """Tabs of a team's owner and of Rita, who reviews in it."""
    page.goto("/team/")
    page.get_by_label("Name").fill("Harbour crew")
    page.get_by_role("button", name="Make a team").click()
    expect(page.get_by_role("heading", name="Harbour crew")).to_be_visible()
    page.get_by_role("combobox", name="Role", exact=True).select_option("reviewer")
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("#invitation-link").inner_text()
    context = browser.new_context(
        base_url=stack.url, viewport={"width": 1440, "height": 900}, locale="en-GB", reduced_motion="reduce"
    )
    other = context.new_page()
    errors: list[str] = []
    other.on("pageerror", lambda error: errors.append(str(error)))
    other.goto(link)
    other.get_by_label("Your name").fill("Rita")
    other.get_by_label("E-mail address").fill(f"rita-{stack.new_name()}@example.org")
    other.get_by_label("Password").fill("seven grey seals at noon")
    other.get_by_role("button", name="Make an account and join").click()
    other.wait_for_url(lambda url: "/join/" not in url)
    yield page, other
    context.close()
    assert not errors, f"scripts of the page failed: {errors}"


def make(page: Page, tool: str = "test.paint", **inputs: Any) -> str:
    """The id of a new asset of the team that the page is about."""
    team = page.evaluate("document.documentElement.dataset.team")
    job = call(page, "POST", "jobs", {"tool": tool, "inputs": inputs, "team": team})
    asset: str = wait_done(page, job)["assets"][0]["id"]
    return asset


def ask(page: Page, assets: list[str], **more: Any) -> str:
    """The path of a new review of these."""
    review = call(page, "POST", "reviews", {"assets": assets, "role": "reviewer", **more})
    return f"/review/{review['id']}/"


def twelve_to_a_board(page: Page) -> None:
    """A batch of twelve by a matrix; three of them onto a new board, which is open then."""
    page.goto("/create/test.paint/")
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.fill("A red boat at the pier")
    page.get_by_role("spinbutton", name="Pause ms").fill("0")
    page.get_by_role("button", name="Matrix").click()
    matrix = page.get_by_role("dialog", name="Matrix")
    matrix.get_by_role("combobox").select_option("steps")
    matrix.get_by_role("textbox").fill(", ".join(map(str, range(1, 13))))
    matrix.get_by_role("button", name="Use it").click()
    with page.expect_response(
        lambda answer: answer.request.method == "POST" and answer.url.endswith("/batches")
    ) as sent:
        prompt.press("Control+Enter")
    batch = sent.value.json()["id"]
    page.goto("/gallery/")
    expect(page.locator(".tile")).to_have_count(12, timeout=PATIENCE_MS)
    assert call(page, "GET", f"batches/{batch}")["total"] == 12
    for at in (0, 4, 8):
        page.locator(".tile .pick").nth(at).check(force=True)
    page.get_by_role("toolbar").get_by_role("button", name="Board").click()
    dialog = page.get_by_role("dialog", name="Put on a board")
    dialog.get_by_label("Or on a new one").fill("At the pier")
    dialog.get_by_role("button", name="Make the board").click()
    page.locator("toast-list").get_by_role("link", name="Open").click()
    expect(page.get_by_role("heading", name="At the pier")).to_be_visible()
    expect(page.locator(".tile")).to_have_count(3)


def share_with_a_guest(page: Page, board: str, browser: Browser) -> None:
    """The board's link opens for somebody who is signed in nowhere, until it is revoked."""
    page.goto(board)
    page.get_by_role("link", name="Share the board").click()
    page.get_by_label("Title for guests").fill("Boats to choose from")
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_label("The link", exact=True).input_value()
    context = browser.new_context(locale="en-GB")
    try:
        guest = context.new_page()
        opened = guest.goto(link)
        assert opened
        assert opened.status == 200
        expect(guest.get_by_role("heading", name="Boats to choose from")).to_be_visible()
        pictures = guest.get_by_role("main").locator("img")
        expect(pictures).to_have_count(3)
        address = pictures.first.get_attribute("src") or ""
        loaded = "all => Promise.all(all.map(one => one.decode().then(() => one.naturalWidth)))"
        assert min(pictures.evaluate_all(loaded)) > 0
        page.get_by_role("button", name="Revoke").click()
        expect(page.get_by_text("The link opens nothing any more.")).to_be_visible()
        refused = guest.reload()
        assert refused
        assert refused.status == 404
        assert context.request.get(page.url.split("/shares/")[0] + address).status == 404
    finally:
        context.close()


def test_the_round(crew: tuple[Page, Page], browser: Browser) -> None:
    page, rita = crew
    twelve_to_a_board(page)
    board = page.url

    # She asks from the board.
    page.get_by_role("link", name="Ask for a verdict on the board").click()
    page.get_by_label("Title").fill("Harbour light")
    page.get_by_role("checkbox", name="Rita").check()
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_url(lambda url: "/review/" in url and "/new/" not in url)

    # Rita finds it, pins a comment to a place, and asks for changes.
    rita.goto("/review/")
    rita.get_by_role("link", name="Harbour light").click()
    expect(rita.locator(".of")).to_have_text("1 of 3")
    work = rita.locator(".versus")
    expect(work).to_be_visible()
    box = work.bounding_box()
    assert box
    rita.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.25)
    rita.mouse.down()
    rita.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.5, steps=4)
    rita.mouse.up()
    rita.get_by_label("Your comment").fill("Warmer light on the boat")
    rita.get_by_role("button", name="Pin comment").click()
    expect(rita.get_by_role("button", name="Comment 1")).to_be_visible()
    rita.keyboard.press("r")
    expect(rita.locator("[data-says]")).to_have_text("Changes requested")

    # It comes on the author's open page; Revise brings the comment beside the prompt.
    expect(page.locator(".notes")).to_contain_text("Warmer light on the boat")
    page.get_by_role("link", name="Revise").click()
    beside = page.locator("revise-comments")
    expect(beside).to_contain_text("Warmer light on the boat")
    prompt = page.get_by_label("Prompt", exact=True)
    before = prompt.input_value()
    assert before == "A red boat at the pier"
    page.get_by_role("button", name="Weave them into the prompt").click()
    woven = beside.locator("textarea")
    expect(woven).to_be_visible(timeout=PATIENCE_MS)
    assert woven.input_value().strip(), "the language model has written something"
    expect(beside.locator(".diff")).not_to_be_empty()
    woven.fill("A red boat at the pier in warmer light")
    expect(beside.locator(".diff ins")).to_have_text(["in warmer light"])
    page.get_by_role("button", name="Use it").click()
    expect(prompt).to_have_value("A red boat at the pier in warmer light")
    beside.get_by_role("button", name="Undo").click()
    expect(prompt).to_have_value(before)
    prompt.fill("A red boat at the pier in warmer light")
    with page.expect_response(
        lambda answer: answer.request.method == "POST" and answer.url.endswith("/jobs")
    ) as sent:
        prompt.press("Control+Enter")
    second = wait_done(page, sent.value.json())["assets"][0]["id"]

    # The revision stands in the same review, on Rita's open page at one click; the comment is carried.
    rita.get_by_role("button", name="Show it").click()
    expect(rita.locator(".notes")).to_contain_text("from an earlier revision")
    expect(rita.locator(".chain button")).to_have_count(2)
    rita.keyboard.press("c")
    expect(rita.locator(".before")).to_be_visible()
    rita.get_by_role("slider", name="How much of the earlier revision").press("End")
    rita.keyboard.press("c")
    expect(rita.locator(".before")).to_be_hidden()
    rita.keyboard.press("b")
    expect(rita.locator(".before")).to_be_visible()
    rita.keyboard.press("b")
    for at in (2, 3):  # an approved one gives way to the next that waits
        rita.keyboard.press("a")
        expect(rita.locator(".of")).to_have_text(f"{at} of 3")
    rita.keyboard.press("a")
    expect(rita.locator(".verdict")).to_contain_text("locked")

    told = call(page, "GET", f"assets/{second}")
    assert told["review"] == "approved"
    status = page.evaluate(
        """async (parent) => (await fetch("/api/v1/jobs", {method: "POST", credentials: "same-origin",
          headers: {"Content-Type": "application/json", "X-CSRFToken": document.querySelector('meta[name="csrf"]').content},
          body: JSON.stringify({tool: "test.paint", inputs: {prompt: "x"}, parent})})).status""",
        second,
    )
    assert status == 409, "an approved stack is locked"
    rita.goto("/review/?show=done")
    expect(rita.get_by_role("link", name="Harbour light")).to_contain_text("Approved")
    share_with_a_guest(page, board, browser)


def test_a_comment_on_the_assets_page(crew: tuple[Page, Page]) -> None:
    page, rita = crew
    page.goto("/gallery/")
    asset = make(page, prompt="A lamp")
    page.goto(f"/assets/{asset}/")
    rita.goto(f"/assets/{asset}/")
    rita.get_by_role("button", name="Pin to a place").click()
    rita.locator(".places").click(position={"x": 40, "y": 30})
    rita.get_by_label("Your comment").fill("Too dark here")
    rita.get_by_role("button", name="Pin comment").click()
    expect(rita.locator("asset-comments article")).to_contain_text("Too dark here")
    expect(page.locator("asset-comments article")).to_contain_text("Too dark here")  # by itself
    page.get_by_role("button", name="Reply").click()
    page.get_by_label("Your comment").fill("Brighter soon")
    page.locator("asset-comments").get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator("asset-comments .reply")).to_contain_text("Brighter soon")
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator("asset-comments")).to_contain_text("Resolved")


def test_which_of_these(crew: tuple[Page, Page]) -> None:
    page, rita = crew
    page.goto("/gallery/")
    path = ask(page, [make(page, prompt=f"Boat {n}") for n in range(3)], kind="pick", title="Which boat?")
    rita.goto(path)
    rita.keyboard.press("ArrowRight")
    expect(rita.locator(".of")).to_have_text("2 of 3")
    rita.keyboard.press("a")
    expect(rita.locator(".results li").first).to_contain_text("1 of")
    page.goto(path)
    expect(page.locator(".results li").first).to_contain_text("1 of")


def test_nothing_is_found_on_its_pages(crew: tuple[Page, Page]) -> None:
    page, rita = crew
    page.goto("/gallery/")
    image = make(page, prompt="A red boat")
    text = make(page, "test.echo", prompt="One two three", pause_ms=0)
    path = ask(page, [image, text])
    box = {"kind": "box", "x": 0.1, "y": 0.2, "width": 0.3, "height": 0.3}
    said = call(rita, "POST", "comments", {"asset": image, "text": "Warmer @Harbour", "pin": box})
    call(page, "POST", "comments", {"asset": image, "text": "Will do", "reply_to": said["id"]})
    words = {"kind": "text", "start": 4, "end": 7, "quote": "two"}
    call(rita, "POST", "comments", {"asset": text, "text": "Two?", "pin": words})
    paths = ["/review/", "/review/?show=done", f"/review/new/?assets={image}", path, f"{path}?asset={text}"]
    for where in [*paths, f"/assets/{image}/"]:
        look(page, where)

"""Real pictures of every page for the docs: run only where STUDIO_SCREENSHOTS=1 (see conftest.py)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import call, wait_done
from tests.conftest import HOME
from tests.stack import Stack

PLACE = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
PROMPTS = [  # what the small model that comes with the studio does well
    "three strawberries on a yellow background",
    "a penguin in the snow",
    "a pink castle at sunset",
    "four blue balloons in the sky",
    "a red guitar",
    "a purple fox on a green background",
    "a sailboat by the sea",
    "an owl at night",
    "a teapot",
    "a hamburger, flat style",
    "a unicorn, noto style",
    "a blue cat",
]
KIT = {
    "name": "Harbour light",
    "tone": "Calm and warm, short sentences, no exclamation marks.",
    "colours": [{"name": "Deep water", "value": "#16425b"}, {"name": "Lamp", "value": "#f4a259"}],
    "words": ["harbour", "light"],
    "avoid": ["cheap"],
}
SIZES = {"1440": (1440, 900), "390": (390, 844)}


@pytest.fixture
def own_stack() -> Iterator[Stack]:
    """A studio as people have it: without the tools of the tests."""
    running = Stack(HOME / "screenshots", {"STUDIO_EXTRA_TOOLS": ""})
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def mara(browser: Browser, own_stack: Stack) -> Iterator[Page]:
    """The owner's tab, in a team with two more people."""
    context = browser.new_context(
        base_url=own_stack.url, viewport={"width": 1440, "height": 900}, locale="en-GB"
    )
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(own_stack.signin_link())
    page.wait_for_url(lambda url: "/signin/" not in url)
    page.goto("/account/")
    page.get_by_label("Name", exact=True).fill("Mara")
    page.get_by_label("E-mail address").fill("mara@harbour.example")
    page.get_by_role("button", name="Save").click()
    page.goto("/team/")
    page.get_by_label("Name").fill("Harbour light")
    page.get_by_role("button", name="Make a team").click()
    for name, role in (("Theo", "creator"), ("Ines", "reviewer")):
        page.get_by_role("combobox", name="Role", exact=True).select_option(role)
        page.get_by_role("button", name="Make a link").click()
        other = browser.new_context(base_url=own_stack.url).new_page()
        other.goto(page.locator("#invitation-link").inner_text())
        other.get_by_label("Your name").fill(name)
        other.get_by_label("E-mail address").fill(f"{name.lower()}@harbour.example")
        other.get_by_label("Password").fill("seven grey seals at noon")
        other.get_by_role("button", name="Make an account and join").click()
        other.wait_for_url(lambda url: "/join/" not in url)
        other.context.close()
    yield page
    context.close()


def shoot(page: Page, name: str, path: str | None = None) -> None:
    """`name` in both themes and at both widths, as WebP."""
    PLACE.mkdir(parents=True, exist_ok=True)
    if path:
        page.goto(path)
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        for label, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(900)
            raw = PLACE / f"{name}-{label}-{theme}.png"
            page.screenshot(path=raw)
            with Image.open(raw) as image:
                image.convert("RGB").save(raw.with_suffix(".webp"), quality=82, method=6)
            raw.unlink()
    page.set_viewport_size({"width": 1440, "height": 900})


def canvas(page: Page, asset: str) -> None:
    """A part of a picture drawn anew, with results to choose from."""
    page.goto(f"/canvas/{asset}/")
    view = page.locator("canvas-page[data-ready] .view")
    expect(view).to_be_visible()
    page.locator("[name=size]").fill("60")
    box = view.bounding_box()
    assert box is not None
    left, top = box["x"] + box["width"] / 2 - 230, box["y"] + 150
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((110, 0), (110, 80), (0, 80), (50, 40)):
        page.mouse.move(left + x, top + y, steps=6)
    page.mouse.up()
    page.get_by_role("textbox", name="Prompt", exact=True).fill("a blue balloon in the sky")
    page.locator("#count").fill("3")
    page.get_by_role("textbox", name="Prompt", exact=True).press("Control+Enter")
    expect(page.get_by_role("button", name="Try again")).to_be_visible(timeout=240_000)
    page.get_by_role("button", name="Accept").click()
    page.mouse.move(left + 200, top + 250)
    page.mouse.down()
    page.mouse.move(left + 330, top + 260, steps=8)
    page.mouse.up()
    page.wait_for_timeout(500)
    shoot(page, "canvas")


def together(page: Page, team: str | None, assets: list[str]) -> None:
    """What a team does with what it has made: boards, reviews, shares, a batch as a grid."""
    board = call(page, "POST", "boards", {"title": "At the pier", "team": team})["id"]
    call(page, "POST", f"boards/{board}/assets", {"assets": assets[:7]})
    shoot(page, "boards", "/boards/")
    shoot(page, "board", f"/boards/{board}/")
    asked = {"assets": assets[1:4], "role": "reviewer", "title": "Cover of the harbour guide"}
    review = call(page, "POST", "reviews", asked)["id"]
    shoot(page, "reviews", "/review/")
    shoot(page, "review", f"/review/{review}/")
    shoot(page, "compare", f"/compare/?a={assets[0]}&b={assets[1]}")
    shared = call(page, "POST", "shares", {"board": board, "may_comment": True})["url"]
    shoot(page, "shares", "/shares/")
    shoot(page, "guest", "/s/" + shared.partition("/s/")[2])
    page.goto("/gallery/")
    matrix = {"prompt": ["a red guitar", "a blue cat", "a teapot"], "seed": [1, 2, 3, 4]}
    order = {"tool": "image.generate", "inputs": {"prompt": "x", "steps": 12}, "matrix": matrix, "team": team}
    batch = call(page, "POST", "batches", order)["id"]
    page.goto(f"/batches/{batch}/grid/")
    expect(page.locator("[data-sum]")).to_have_text("12 of 12 done", timeout=300_000)
    shoot(page, "grid")
    for name, path in (("presets", "/presets/"), ("notices", "/notices/"), ("quotas", "/team/quotas/")):
        shoot(page, name, path)
    shoot(page, "webhooks", "/team/webhooks/")
    page.goto("/gallery/")


def chained(page: Page, team: str | None, picture: str) -> None:
    """A chain of two steps, kept from what was made, and a run of it."""
    order = {"tool": "image.upscale", "inputs": {"image": picture}, "parent": picture, "team": team}
    [large] = wait_done(page, call(page, "POST", "jobs", order))["assets"]
    chain = call(page, "POST", "chains", {"name": "Large castles", "asset": large["id"]})["id"]
    run = call(page, "POST", f"chains/{chain}/run", {"values": {}})["id"]
    shoot(page, "chains", f"/chains/?team={team}")
    shoot(page, "chain", f"/chains/{chain}/")
    page.goto(f"/chains/runs/{run}/")
    expect(page.locator(".works img")).to_have_count(2, timeout=300_000)
    shoot(page, "chain-run")
    page.goto("/gallery/")


def test_every_page(mara: Page) -> None:
    page = mara
    shoot(page, "first-visit", "/create/")
    team = page.locator("html").get_attribute("data-team")
    jobs = [
        call(
            page,
            "POST",
            "jobs",
            {"tool": "image.generate", "inputs": {"prompt": prompt, "seed": at}, "team": team},
        )
        for at, prompt in enumerate(PROMPTS)
    ]
    words = {"prompt": "Describe a harbour at dusk in about 80 words.", "seed": 3}
    jobs.append(call(page, "POST", "jobs", {"tool": "text.write", "inputs": words, "team": team}))
    done = [wait_done(page, job) for job in jobs]
    assert all(job["state"] == "succeeded" for job in done), done
    castle = done[2]["assets"][0]["id"]
    for seed in (41, 42):
        order = {
            "tool": "image.generate",
            "inputs": {"prompt": PROMPTS[2], "seed": seed},
            "parent": castle,
            "team": team,
        }
        wait_done(page, call(page, "POST", "jobs", order))
    call(page, "PATCH", f"assets/{castle}", {"rating": 4, "tags": ["sunset", "poster"]})

    thread = call(page, "POST", "threads", {"title": "Names for a boat", "team": team})
    said = {"prompt": "Three names for a small sailing boat, as a list."}
    wait_done(page, call(page, "POST", f"threads/{thread['id']}/turns", said)["job"])

    shoot(page, "create", "/create/image.generate/")
    canvas(page, castle)
    shoot(page, "write", "/create/text.write/")
    shoot(page, "chat", f"/chat/{thread['id']}/")
    shoot(page, "gallery", "/gallery/")
    shoot(page, "asset", f"/assets/{castle}/")
    shoot(page, "asset-text", f"/assets/{done[-1]['assets'][0]['id']}/")
    together(page, team, [job["assets"][0]["id"] for job in done[:-1]])
    chained(page, team, castle)
    call(page, "POST", "brands", {"team": team, **KIT})
    shoot(page, "brands", "/brands/")
    shoot(page, "activity", "/team/activity/")
    for at in range(6):
        inputs = {"prompt": PROMPTS[at], "seed": 500 + at, "steps": 80}
        call(page, "POST", "jobs", {"tool": "image.generate", "inputs": inputs, "team": team})
    page.goto("/queue/")
    expect(page.get_by_role("progressbar").first).to_be_visible()
    shoot(page, "queue")
    shoot(page, "nodes", "/nodes/")
    shoot(page, "models", "/models/")
    shoot(page, "team", "/team/")
    shoot(page, "leave", "/team/leave/")
    shoot(page, "account", "/account/")
    shoot(page, "account-delete", "/account/delete/")
    page.context.clear_cookies()
    shoot(page, "signin", "/signin/")

"""A person looks at an asset's family, and compares revisions: side by side, at a slider, blinking, and texts as a diff."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import look
from tests.browser.steps import call, wait_done


def make(page: Page, parent: str | None = None, tool: str = "test.paint", **inputs: Any) -> str:
    """The id of what a tool made, as a revision of `parent`."""
    inputs |= {"pause_ms": 0} if tool == "test.echo" else {}
    job = call(page, "POST", "jobs", {"tool": tool, "inputs": inputs, "parent": parent})
    made: str = wait_done(page, job)["assets"][0]["id"]
    return made


@pytest.fixture
def revisions(page: Page) -> list[str]:
    page.goto("/gallery/")
    first = make(page, prompt="A red boat by the old pier", seed=1)
    second = make(page, first, prompt="A blue boat by the old pier", seed=1)
    third = make(page, second, prompt="A blue boat by the new pier", seed=2)
    return [first, second, third]


def test_family_revisions_and_what_changed(page: Page, revisions: list[str]) -> None:
    page.goto(f"/assets/{revisions[1]}/")
    family = page.get_by_role("region", name="Family, from what it was made of")
    expect(family.get_by_role("link")).to_have_count(3)
    expect(family.locator(".lines path")).to_have_count(2)
    page.get_by_text("The family in words").click()
    expect(page.locator(".in-words")).to_contain_text("is a revision of")
    expect(page.locator(".strip li")).to_have_count(3)
    changed = page.locator("#difference")
    expect(changed.locator("del")).to_have_text(" red")
    page.get_by_role("combobox", name="from").select_option(label="Revision 3: A blue boat by the new pier")
    expect(changed.locator("ins").first).to_have_text(" old")
    seed = page.locator(".takes > div", has_text="Seed")
    seed.hover()
    seed.get_by_role("link", name="Use Seed in Create").click()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("")  # the form as it was left
    expect(page.locator("seed-field input").first).to_have_value("1")
    page.goto(f"/assets/{revisions[1]}/")
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile(rf"/compare/\?a={revisions[0]}&b={revisions[1]}$"))


def test_slider_blink_and_zoom(page: Page, revisions: list[str]) -> None:
    page.goto(f"/compare/?a={revisions[0]}&b={revisions[2]}")
    frames = page.locator(".frame")
    expect(frames).to_have_count(2)
    box = frames.first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    zoom = page.locator("[data-zoom]")
    page.wait_for_function("[...document.querySelectorAll('img.work')].every((each) => each.naturalWidth)")
    fitting = zoom.inner_text()  # which is what it is only once they are there
    page.mouse.wheel(0, -600)
    expect(zoom).not_to_have_text(fitting)
    pictures = page.locator("img.work")
    expect(pictures.first).not_to_have_css("transform", "matrix(1, 0, 0, 1, 0, 0)")
    places = pictures.evaluate_all("all => all.map((one) => getComputedStyle(one).transform)")
    assert places[0] == places[1]
    page.keyboard.press("0")
    page.keyboard.press("l")
    edge = page.get_by_label("How much of A is shown")
    edge.focus()
    edge.press("ArrowRight")
    expect(edge).to_have_value("51")
    handle = page.locator(".between .handle").bounding_box()
    assert handle is not None
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + 50)
    page.mouse.down()
    page.mouse.move(handle["x"] - 200, handle["y"] + 50)
    page.mouse.up()
    expect(edge).to_have_value(re.compile("^([0-9]|[1-3][0-9]|4[0-4])$"))
    page.emulate_media(reduced_motion="no-preference")
    page.keyboard.press("b")
    shown = page.locator(".pane[data-shown] figcaption b")
    for text in ("B", "A"):  # by itself; asked in each frame, for it goes on while others would wait
        page.wait_for_function(
            "(text) => document.querySelector('.pane[data-shown] figcaption b').innerText === text", arg=text
        )
    expect(page.get_by_role("button", name="Stop blinking")).to_be_visible()
    page.emulate_media(reduced_motion="reduce")
    expect(page.get_by_role("button", name="Show the other")).to_be_visible()
    before = shown.inner_text()
    page.wait_for_timeout(1500)
    expect(shown).to_have_text(before)
    page.keyboard.press("b")
    expect(shown).not_to_have_text(before)
    assert "view=blink" in page.url


def test_nothing_is_found_by_axe(page: Page, revisions: list[str]) -> None:
    first = make(page, tool="test.echo", prompt="Wind north by east")
    second = make(page, first, tool="test.echo", prompt="Wind south by east")
    for path in (
        f"/assets/{revisions[1]}/",
        f"/compare/?a={revisions[0]}&b={revisions[1]}&view=slider",
        f"/compare/?a={first}&b={second}",
    ):
        look(page, path)

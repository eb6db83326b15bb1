"""A person writes a text prompt, watches the words come, and finds the text in the gallery."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

PROMPT = "The lamp was lit at dusk **and** the sea was flat as a table"


def test_it_works(page: Page) -> None:
    page.goto("/create/test.echo/")
    page.get_by_label("Prompt", exact=True).fill(PROMPT)
    page.get_by_role("spinbutton", name="Pause ms").fill("150")
    page.get_by_label("Prompt", exact=True).press("Control+Enter")
    log = page.locator(".stage [role=log]")
    expect(log).to_contain_text("The lamp was")  # while it is being written
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(page.get_by_role("toolbar", name="Go on with this asset")).to_be_visible(timeout=20_000)
    article = page.locator(".page-of-text")
    expect(article).to_contain_text("flat as a table")
    expect(article.locator("strong")).to_have_text("and")
    page.goto("/gallery/")
    expect(page.locator("main")).to_contain_text("The lamp was lit at dusk")


def test_markdown_runs_no_script(page: Page) -> None:
    """A model's words are words: no HTML, no picture from elsewhere, no link that runs something."""
    page.goto("/create/test.echo/")
    page.get_by_label("Prompt", exact=True).fill(
        "<img src=x onerror=document.title='gone'> [run](javascript:alert(1)) ![p](https://example.org/p.png) "
        "[there](https://example.org/)"
    )
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("toolbar", name="Go on with this asset")).to_be_visible(timeout=20_000)
    article = page.locator(".page-of-text")
    expect(article).to_contain_text("<img src=x")
    assert article.locator("img").count() == 0
    links = article.locator("a")
    assert [link.get_attribute("href") for link in links.all()].count("https://example.org/") == 1
    assert all("javascript" not in (link.get_attribute("href") or "") for link in links.all())
    expect(article.get_by_role("link", name="there")).to_have_attribute("rel", re.compile("noopener"))


def test_stop_ends_it(page: Page) -> None:
    page.goto("/create/test.echo/")
    page.get_by_label("Prompt", exact=True).fill(" ".join(["on and on"] * 60))
    page.get_by_role("spinbutton", name="Pause ms").fill("200")
    page.get_by_role("button", name="Submit").click()
    expect(page.locator(".stage [role=log]")).to_contain_text("on and on")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".stage").get_by_role("heading", name="Stopped")).to_be_visible()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value(re.compile("on and on"))


def test_a_prompt_that_is_too_long_is_kept_and_said(page: Page) -> None:
    page.goto("/create/test.echo/")
    box = page.get_by_label("Prompt", exact=True)
    box.evaluate(
        "(area, n) => { area.value = 'word '.repeat(n); area.dispatchEvent(new Event('input', {bubbles: true})); }",
        200_000,
    )
    expect(page.locator("#error-prompt")).to_contain_text("At most 20,000 characters; this has 1,000,000.")
    page.get_by_role("button", name="Submit").click()
    expect(box).to_be_focused()
    assert box.evaluate("area => area.value.length") == 1_000_000

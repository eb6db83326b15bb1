"""A person writes an image prompt, watches it take shape, and finds the picture in the gallery."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def submit(page: Page, prompt: str, *, steps: int = 12, pause_ms: int = 120) -> None:
    page.goto("/create/test.paint/")
    page.get_by_label("Prompt", exact=True).fill(prompt)
    steps_field = page.locator("[data-name=steps] input[type=number]")
    steps_field.fill(str(steps))
    page.locator("[data-name=pause_ms] input[type=number]").fill(str(pause_ms))
    page.get_by_label("Prompt", exact=True).press("Control+Enter")


def test_it_works(page: Page) -> None:
    submit(page, "A red boat by the pier")
    stage = page.locator("stage-view")
    expect(stage.locator("img[alt^=Preview]")).to_be_visible()
    expect(stage.get_by_role("progressbar")).to_be_visible()
    expect(stage.locator(".status")).to_contain_text("of 12 steps")
    toolbar = page.get_by_role("toolbar", name="Go on with this asset")
    expect(toolbar).to_be_visible(timeout=20_000)
    assert int(stage.get_attribute("data-previews") or 0) >= 3
    expect(stage.locator(".stage-work img")).to_have_attribute("alt", "A red boat by the pier")
    expect(page.locator("recent-strip [data-asset]").first).to_have_attribute("aria-current", "true")
    page.goto("/gallery/")
    expect(page.get_by_role("img", name="A red boat by the pier").first).to_be_visible()


def test_a_reload_shows_the_running_job(page: Page) -> None:
    submit(page, "A slow boat", steps=30, pause_ms=150)
    expect(page.locator("stage-view .status")).to_contain_text("of 30 steps")
    page.reload()
    expect(page.locator("stage-view .status")).to_contain_text("of 30 steps")
    expect(page.locator("stage-view img[alt^=Preview]")).to_be_visible()
    expect(page.get_by_role("toolbar", name="Go on with this asset")).to_be_visible(timeout=20_000)


def test_wordings_make_a_batch(page: Page) -> None:
    page.goto("/create/test.paint/")
    page.get_by_label("Prompt", exact=True).fill("A {red|green|blue} boat")
    expect(page.locator("prompt-field .ways")).to_have_text("3 wordings")
    page.locator("#count").fill("2")
    expect(page.locator("[data-total]")).to_have_text("6")
    page.get_by_label("Prompt", exact=True).press("Control+Enter")
    expect(page.locator("[data-batch-name]")).to_have_text("This batch, 6 of 6")
    expect(page.locator("[data-batch] [data-asset]")).to_have_count(6)
    assert "?batch=" in page.url


def test_errors_stand_beside_the_field_and_nothing_is_lost(page: Page) -> None:
    page.goto("/create/test.paint/")
    page.get_by_label("Prompt", exact=True).fill("A red boat")
    page.locator("[data-name=steps] input[type=number]").fill("9999")
    page.get_by_role("button", name="Submit").click()
    error = page.locator("#error-steps")
    expect(error).to_contain_text("1000")
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("A red boat")
    page.locator("[data-name=steps]").get_by_role("button", name="Reset to 5").click()
    expect(error).to_be_empty()


def test_an_empty_prompt_is_said_beside_it(page: Page) -> None:
    page.goto("/create/test.paint/")
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("#error-prompt")).to_contain_text("Write a prompt first")
    expect(page.get_by_label("Prompt", exact=True)).to_be_focused()


def test_a_failed_job_says_why_and_what_to_do(page: Page) -> None:
    page.goto("/create/test.misbehave/")
    page.get_by_label("How").fill("refuse")
    page.get_by_role("button", name="Submit").click()
    stage = page.locator("stage-view")
    expect(stage).to_contain_text("This tool does not like that.")
    expect(stage.get_by_role("button", name="Retry as it is")).to_be_visible()


def test_an_asset_flows_on(page: Page) -> None:
    """Vary makes another one with another seed; Use takes it to the next tool."""
    submit(page, "A red boat by the pier", steps=3, pause_ms=20)
    toolbar = page.get_by_role("toolbar", name="Go on with this asset")
    expect(toolbar).to_be_visible(timeout=20_000)
    stage = page.locator("stage-view")
    first, seed = stage.get_attribute("data-asset"), stage.locator("[data-about]").inner_text()
    toolbar.get_by_role("button", name="Vary").click()
    expect(stage).not_to_have_attribute("data-asset", first or "")
    expect(stage.locator("[data-about]")).not_to_have_text(seed)
    expect(page.locator("recent-strip [data-asset]")).to_have_count(2)
    page.locator(f'recent-strip [data-asset="{first}"]').click()
    expect(stage).to_have_attribute("data-asset", first or "")
    page.goto(f"/create/test.invert/?use={first}")
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("stage-view header")).to_contain_text("Invert: A red boat by the pier")
    expect(toolbar).to_be_visible(timeout=20_000)

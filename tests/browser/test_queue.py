"""A person watches the queue: what runs, what waits and why; stops, moves, retries, clears."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import call, submit, wait_done


@pytest.fixture(autouse=True)
def _nothing_left_running(page: Page) -> Iterator[None]:
    """The studio is everybody's: what a test leaves in the queue would stand in the way of the next."""
    yield
    page.goto("/account/")
    for state in ("queued", "running"):
        for job in call(page, "GET", f"jobs?state={state}&limit=200")["items"]:
            call(page, "POST", f"jobs/{job['id']}/cancel", {})


def test_running_with_preview_then_finished(page: Page) -> None:
    page.goto("/queue/")
    expect(page.get_by_text("Nothing runs and nothing waits")).to_be_visible()
    submit(page, prompt="A slow boat", steps=40, pause_ms=100)
    card = page.get_by_role("article", name="A slow boat")
    expect(card).to_be_visible()
    expect(card).to_contain_text("of 40")
    expect(card.get_by_role("img")).to_have_attribute("alt", "Preview: A slow boat")
    expect(card.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("heading", name="Finished")).to_be_visible(timeout=20_000)
    expect(card).to_have_count(0)
    expect(page.locator(".ended").get_by_role("link", name="A slow boat")).to_be_visible()
    page.get_by_role("button", name="Clear finished").click()
    expect(page.get_by_role("heading", name="Finished")).to_have_count(0)


def test_text_as_it_is_written(page: Page) -> None:
    page.goto("/queue/")
    words = " ".join(f"word{n}" for n in range(40))
    submit(page, "test.echo", prompt=words, pause_ms=100)
    card = page.get_by_role("article").first
    expect(card.locator("[data-words]")).to_contain_text("word0 word1 word2")


def test_stop_keeps_nothing_half_done(page: Page) -> None:
    page.goto("/queue/")
    job = submit(page, prompt="Too slow", steps=500, pause_ms=100)
    page.get_by_role("button", name="Stop Too slow").click()
    assert wait_done(page, job)["state"] == "cancelled"
    expect(page.locator(".ended")).to_contain_text("Stopped")


def test_move_and_cancel_what_waits(page: Page) -> None:
    page.goto("/queue/")
    for n in range(3):
        submit(page, prompt=f"Long {n}", steps=900, pause_ms=100)
    first = submit(page, prompt="First in line", steps=900)
    submit(page, prompt="Second in line", steps=900)
    rows = page.locator(".waiting > li")
    second = rows.filter(has_text="Second in line")
    expect(second).to_be_visible()
    before = page.locator(".waiting b").all_inner_texts()
    assert before.index("First in line") < before.index("Second in line")
    second.get_by_role("button", name="up").click()
    expect(page.locator(".waiting b", has_text="in line").first).to_have_text("Second in line")
    page.get_by_role("button", name="Cancel First in line").click()
    expect(rows.filter(has_text="First in line")).to_have_count(0)
    assert call(page, "GET", f"jobs/{first['id']}")["state"] == "cancelled"


def test_drag_to_another_place(page: Page) -> None:
    page.goto("/queue/")
    for n in range(6):
        submit(page, prompt=f"Long {n}", steps=900, pause_ms=100)
    rows = page.locator('.waiting > li[draggable="true"]')
    expect(rows.nth(2)).to_be_visible()
    last = rows.last.locator("b").inner_text()
    rows.last.drag_to(rows.first, target_position={"x": 200, "y": 4})
    expect(rows.first.locator("b")).to_have_text(last)
    page.reload()
    expect(rows.first.locator("b")).to_have_text(last)


def test_a_failed_job_says_why_and_runs_again(page: Page) -> None:
    page.goto("/queue/")
    submit(page, "test.misbehave", how="refuse")
    failed = page.locator(".failed")
    expect(failed).to_contain_text("This tool does not like that.", timeout=20_000)
    failed.get_by_role("button", name="Retry").click()
    expect(page.get_by_role("status").last).to_contain_text("It runs again as a new job.")
    page.get_by_role("link", name="Open", exact=True).click()
    expect(page.get_by_role("heading", name="This job failed")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("Retry of")).to_be_visible()


def test_the_page_of_a_job_follows_it(page: Page) -> None:
    page.goto("/queue/")
    job = submit(page, prompt="A boat to follow", steps=20, pause_ms=100)
    page.goto(f"/jobs/{job['id']}/")
    expect(page.locator(".live-says")).to_contain_text("of 20")
    expect(page.locator(".live img")).to_be_visible()
    page.reload()
    expect(page.locator(".live-says")).to_contain_text("of 20")
    expect(page.locator(".works .pic")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("button", name="Retry")).to_be_visible()


def test_nodes_as_readings(page: Page) -> None:
    page.goto("/nodes/")
    node = page.get_by_role("article").first
    expect(node.get_by_role("meter")).to_be_visible()
    expect(page.get_by_text("Last heard").first).to_be_visible()
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)  # the operator's alone

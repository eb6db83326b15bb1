"""A manager adds a webhook; what happens is sent to it; a try that failed is sent anew; it is paused and removed."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from tests.browser.looks import look
from tests.browser.steps import submit, wait_done
from tests.integrations.receiver import Receiver


def test_webhooks(page: Page) -> None:
    receiver = Receiver()
    try:
        page.goto("/team/")
        page.get_by_role("link", name="See the webhooks").click()
        page.get_by_label("Address").fill("https://10.0.0.1/hook")
        page.get_by_role("button", name="Add").click()
        expect(page.get_by_role("alert")).to_contain_text("studio's own network")
        expect(page.get_by_label("Address")).to_have_value("https://10.0.0.1/hook")
        page.get_by_label("Address").fill(receiver.url)
        page.get_by_label("there is a new asset").uncheck()
        page.get_by_role("button", name="Add").click()
        expect(page.locator("#hook-secret")).to_contain_text("whsec_")

        receiver.answers = [500]
        page.get_by_role("button", name="Send a test").click()
        expect(page.locator("#hook-secret")).to_have_count(0)
        one = page.url
        _until(page, "1 try")
        page.get_by_role("button", name="Send again: webhook.test").click()
        _until(page, "Delivered")

        job = wait_done(page, submit(page, prompt="A boat that is told of"))
        _until(page, "job.succeeded")
        _until(page, "Delivered", 2)
        told = [json.loads(each.body) for each in receiver.got]
        assert [each["type"] for each in told] == ["webhook.test", "webhook.test", "job.succeeded"]
        assert told[-1]["data"]["job"] == job["id"]

        page.get_by_role("button", name="New secret").click()
        expect(page.locator("#hook-secret")).to_contain_text("whsec_")
        look(page, one)
        look(page, "/team/webhooks/")
        page.goto(one)
        page.get_by_role("button", name="Pause").click()
        expect(page.get_by_role("button", name="Resume")).to_be_visible()
        page.get_by_role("button", name="Remove this webhook").click()
        page.get_by_role("button", name="Remove, really").click()
        expect(page.get_by_role("heading", name="Add a webhook")).to_be_visible()
        expect(page.locator(".hook-rows")).to_have_count(0)
    finally:
        receiver.stop()


def _until(page: Page, words: str, times: int = 1) -> None:
    """Load the page again until the list of deliveries says so: it is sent by another process."""
    rows = page.locator(".hook-rows")
    for _each in range(100):
        page.wait_for_load_state()  # of what was pressed before: a page that is going cannot be loaded again
        page.reload()
        if rows.get_by_text(words).count() >= times:
            return
        page.wait_for_timeout(200)
    expect(rows.get_by_text(words).first).to_be_visible()

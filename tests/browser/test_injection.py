"""Texts that would run in a page, shown in a real browser: no dialog, nothing that the policy had to stop, nothing fetched."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.steps import call
from tests.security.payloads import PAYLOADS

FLAG = "document.addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective))"
SHOW = """async (texts) => {
  const { showMarkdown } = await import("/static/js/markdown.js");
  for (const text of texts) {
    const box = document.createElement("div");
    document.querySelector("main, body").append(box);
    for (let at = 0; at <= text.length; at += 7) showMarkdown(box, text.slice(0, at)); // as it streams in
    showMarkdown(box, text);
    for (const link of box.querySelectorAll("a")) link.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
  }
  return [...document.querySelectorAll("div a")].map((link) => link.protocol);
}"""


@pytest.fixture
def watched(page: Page) -> Iterator[Page]:
    """A tab that fails its test where anything ran, was stopped by the policy, or was asked of another host."""
    wrong: list[str] = []

    def on_dialog(dialog: object) -> None:
        wrong.append("a dialog")
        dialog.dismiss()  # type: ignore[attr-defined]

    page.on("dialog", on_dialog)
    page.on("console", lambda message: wrong.append(message.text) if "olicy" in message.text else None)
    page.on("request", lambda request: wrong.append(request.url) if "evil.test" in request.url else None)
    page.add_init_script(FLAG)
    yield page
    assert not wrong


def test_answers_as_they_stream(watched: Page) -> None:
    watched.goto("/chat/")
    protocols = watched.evaluate(SHOW, PAYLOADS)
    assert set(protocols) <= {"http:", "https:"}
    watched.wait_for_timeout(300)


@pytest.mark.parametrize(
    "texts", [PAYLOADS[::3], pytest.param(PAYLOADS, marks=pytest.mark.slow)], ids=["some", "all"]
)
def test_pages_with_such_words(texts: list[str], watched: Page, stack: object) -> None:
    """Prompts, titles, tags, made texts, names of teams: written by jobs and calls, looked at as people do."""
    page = watched
    page.goto("/gallery/")
    team = call(page, "POST", "teams", {"name": texts[0][:120]})
    items = [{"prompt": text, "pause_ms": 0} for text in texts]
    batch = call(
        page, "POST", "batches", {"tool": "test.echo", "inputs": {}, "items": items, "title": texts[1]}
    )
    until = time.monotonic() + 90
    while call(page, "GET", f"batches/{batch['id']}")["counts"].get("succeeded", 0) < len(items):
        assert time.monotonic() < until
        time.sleep(0.1)
    jobs = call(page, "GET", f"jobs?batch={batch['id']}&limit=200")["items"]
    bare = [job["inputs"]["prompt"] for job in jobs if not job["assets"]]
    assert not bare
    for number, job in enumerate(jobs):
        asset = job["assets"][0]["id"]
        change = {"title": texts[number][:200], "tags": [texts[number][:60].replace(",", "")]}
        call(page, "PATCH", f"assets/{asset}", change)
    places = ["/gallery/", "/queue/", "/create/test.echo/", "/chat/", "/team/", "/account/"]
    places += [f"/assets/{job['assets'][0]['id']}/" for job in jobs[::4]]
    places += [f"/jobs/{job['id']}/" for job in jobs[::10]]
    for place in places:
        page.goto(place, wait_until="load")
        assert page.locator("h1, main").first.is_visible()
    assert team["name"] == texts[0][:120]
    page.wait_for_timeout(300)

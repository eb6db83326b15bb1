"""What browser tests do again and again: ask the API as the page does, make pictures, look for faults of access."""

from __future__ import annotations

import io
import json
from typing import Any

from django.conf import settings
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

expect.set_options(timeout=15_000)  # the whole studio shares the cores of the test machine
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CALL = """async ([method, path, body]) => {
  const answer = await fetch("/api/v1/" + path, {method, credentials: "same-origin",
    headers: {"Content-Type": "application/json", "X-CSRFToken": document.querySelector('meta[name="csrf"]').content},
    body: body === null ? undefined : JSON.stringify(body)});
  const text = await answer.text();
  return [answer.status, text ? JSON.parse(text) : null];
}"""


def call(page: Page, method: str, path: str, body: Any = None) -> Any:
    """A call of the API with the page's session; its JSON. AssertionError where it was refused."""
    status, answer = page.evaluate(CALL, [method, path, body])
    assert status < 300, f"{method} {path}: {status} {answer}"
    return answer


def submit(page: Page, tool: str = "test.paint", **inputs: Any) -> dict[str, Any]:
    """A job of the page's person."""
    if tool == "test.paint":
        inputs.setdefault("prompt", "A red boat")
    job: dict[str, Any] = call(page, "POST", "jobs", {"tool": tool, "inputs": inputs})
    return job


def wait_done(page: Page, job: dict[str, Any]) -> dict[str, Any]:
    """The job at its end."""
    after = 0
    while True:
        told = call(page, "GET", f"jobs/{job['id']}/events?after={after}&wait=10")
        after = told["events"][-1]["n"] if told["events"] else after
        if told["final"]:
            done: dict[str, Any] = call(page, "GET", f"jobs/{job['id']}")
            return done


def picture(
    name: str, colour: tuple[int, int, int] = (200, 40, 40), size: tuple[int, int] = (96, 64)
) -> FilePayload:
    """A PNG to upload."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": buffer.getvalue()}


SETTLE = """for (const one of document.getAnimations()) {
  if (one.effect.getComputedTiming().endTime !== Infinity) one.finish();
}"""


def found(page: Page) -> list[str]:
    """What axe objects to, one line each. On a busy machine a fade may begin late: what is gone a second later is none."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate((settings.NPM / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    wrong = _found(page)
    for _ in range(2):
        if not wrong:
            break
        page.wait_for_timeout(1000)
        wrong = _found(page)
    return wrong


def _found(page: Page) -> list[str]:
    page.evaluate(SETTLE)  # colours in the middle of a fade are nobody's colours
    # All that it approves of takes longer to come over than to be found.
    violations: list[dict[str, Any]] = page.evaluate(
        f"axe.run(document, {json.dumps(RULES)}).then((answer) => answer.violations)"
    )
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary'][:300]}"
        for rule in violations
        for node in rule["nodes"]
    ]


WATCH = """window.shifts = []; window.tasks = [];
const hear = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
hear("longtask", (one) => window.tasks.push(Math.round(one.duration)));
hear("layout-shift", (one) => {
  if (!one.hadRecentInput) window.shifts.push([one.value, ...one.sources.map(({ node }) => `${node?.nodeName} ${node?.className ?? ""}`)]);
});"""
"""For page.add_init_script: long tasks (ms) and layout shifts (how much, of what) of the page, as they come."""


def every_page(page: Page) -> list[str]:
    """Paths of the pages with work in them that somebody opens first; it makes what they show."""
    asset = wait_done(page, submit(page, steps=1, pause_ms=0))["assets"][0]["id"]
    board = call(page, "POST", "boards", {"title": "At the pier"})["id"]
    call(page, "POST", f"boards/{board}/assets", {"assets": [asset]})
    review = call(page, "POST", "reviews", {"assets": [asset], "role": "reviewer"})["id"]
    shared = call(page, "POST", "shares", {"board": board})["url"]
    return [
        "/create/",
        "/create/text.write/",
        "/gallery/",
        "/boards/",
        f"/boards/{board}/",
        "/review/",
        f"/review/{review}/",
        "/notices/",
        "/shares/",
        f"/assets/{asset}/",
        "/s/" + shared.partition("/s/")[2],
    ]

"""A gallery of a hundred thousand assets: what is drawn stays little, nothing shifts, the last one is a key away.

It prints what it measures: nodes of the page, the sum of layout shifts, the longest task of the script's thread.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.bench.seed import EMAIL
from tests.stack import ROOT, Stack

COUNT = 100_000
WATCH = """
window.longest = 0; window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration);
}).observe({type: "longtask", buffered: true});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
LOOK = """() => ({
  nodes: document.querySelectorAll("*").length,
  tiles: document.querySelectorAll(".tile").length,
  known: document.querySelector("gallery-page").rows.list.length,
  longest_ms: Math.round(window.longest),
  shifted: Number(window.shifted.toFixed(4)),
})"""


@pytest.mark.slow
def test_a_hundred_thousand_assets(browser: Browser, tmp_path: Path) -> None:
    stack = Stack(tmp_path / "stack", {})
    stack.data.mkdir(parents=True)
    seed = [sys.executable, "-m", "tests.bench.seed", str(COUNT)]
    subprocess.run(seed, env=stack.env, cwd=ROOT, check=True)
    stack.start(worker=False)
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    try:
        page.add_init_script(WATCH)
        page.goto(stack.signin_link(EMAIL))
        page.locator("form button[type=submit]").last.click()
        page.goto(f"{stack.url}/gallery/")
        expect(page.locator(".found[data-windowed] .tile").first).to_be_visible()
        seen = [page.evaluate(LOOK)]
        page.mouse.move(700, 500)
        for _step in range(12):
            for _notch in range(5):
                page.mouse.wheel(0, 400)
                page.wait_for_timeout(40)
            seen.append(page.evaluate(LOOK))
        page.locator("#main").focus()
        page.keyboard.press("End")
        last = page.locator(".tile").last
        expect(last.locator("a").first).to_be_focused()
        oldest = int(page.locator(".found").get_attribute("data-oldest") or 0)
        assert int((last.get_attribute("data-id") or "").replace("-", "")[:12], 16) == oldest
        for _notch in range(20):
            page.mouse.wheel(0, -400)
            page.wait_for_timeout(40)
        seen.append(page.evaluate(LOOK))
        for look in seen:
            sys.stdout.write(f"{look}\n")
        assert max(look["nodes"] for look in seen) < 2000
        assert seen[-2]["known"] > 400
        assert seen[-1]["known"] > 60  # upwards it goes on as well
        assert seen[-1]["shifted"] < 0.1
    finally:
        page.close()
        stack.stop()

"""A gallery of a hundred thousand assets: what is drawn stays little, nothing shifts, no task is long, the last one is a
key away. It prints what it measures.

A task's length is the processor's time of the page's main thread, which a busy machine does not stretch; what the clock
said of the longest is printed beside it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.bench.seed import EMAIL
from tests.browser.steps import WATCH
from tests.stack import ROOT, Stack

COUNT = 100_000
LONGEST_MS = 100
NODES = 2000
LOOK = """() => ({
  nodes: document.querySelectorAll("*").length,
  tiles: document.querySelectorAll(".tile").length,
  known: document.querySelector("gallery-page").rows.list.length,
})"""
TOLD = """() => ({
  tasks: window.tasks,
  shifts: window.shifts,
  kilobytes: Math.round(performance.getEntriesByType("resource").reduce((sum, one) => sum + one.transferSize, 0) / 1000),
})"""


def longest_task(trace: bytes) -> float:
    """Milliseconds that the main thread of a page worked without a break, at most."""
    events: list[dict[str, Any]] = json.loads(trace)["traceEvents"]
    mains = {
        (one["pid"], one["tid"])
        for one in events
        if one.get("name") == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    tasks: list[float] = [
        one["tdur"] / 1000
        for one in events
        if one.get("name", "").endswith("RunTask") and (one["pid"], one["tid"]) in mains and "tdur" in one
    ]
    assert len(tasks) > 1000, "the trace has no tasks in it"
    return max(tasks)


def wheel(page: Page, by: int, notches: int) -> None:
    for _notch in range(notches):
        page.mouse.wheel(0, by)
        page.wait_for_timeout(40)


@pytest.mark.slow
def test_a_hundred_thousand_assets(browser: Browser, tmp_path: Path) -> None:
    stack = Stack(tmp_path / "stack", {})
    stack.data.mkdir(parents=True)
    seed = [sys.executable, "-m", "tests.bench.seed", str(COUNT), "pictures"]
    subprocess.run(seed, env=stack.env, cwd=ROOT, check=True)
    stack.start(worker=False)
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    try:
        page.goto(stack.signin_link(EMAIL))
        page.wait_for_url(lambda url: "/signin/" not in url)
        page.add_init_script(WATCH + "performance.setResourceTimingBufferSize(100_000);")
        browser.start_tracing(page=page, categories=["toplevel"])
        page.goto(f"{stack.url}/gallery/")
        expect(page.locator(".found[data-windowed] .tile").first).to_be_visible()
        seen = [page.evaluate(LOOK)]
        page.mouse.move(700, 500)
        for _step in range(12):
            wheel(page, 400, 5)
            seen.append(page.evaluate(LOOK))
        page.locator("#main").focus()
        page.keyboard.press("End")
        last = page.locator(".tile").last
        expect(last.locator("a").first).to_be_focused()
        oldest = int(page.locator(".found").get_attribute("data-oldest") or 0)
        assert int((last.get_attribute("data-id") or "").replace("-", "")[:12], 16) == oldest
        wheel(page, -400, 20)
        page.wait_for_function(
            "document.querySelector('gallery-page').rows.list.length > 60"
        )  # it goes on upwards as well
        wheel(page, -400, 20)
        seen.append(page.evaluate(LOOK))
        told, longest = page.evaluate(TOLD), longest_task(browser.stop_tracing())
        for look in seen:
            sys.stdout.write(f"{look}\n")
        sys.stdout.write(
            f"longest task {longest:.0f} ms of the processor, {max(told['tasks'], default=0)} ms of the clock at a load of "
            f"{os.getloadavg()[0]:.1f}; shifts {told['shifts']}; {told['kilobytes']} kB\n"
        )
        assert max(look["nodes"] for look in seen) < NODES
        assert seen[-2]["known"] > 400
        assert sum(shift[0] for shift in told["shifts"]) < 0.001
        assert longest <= LONGEST_MS
    finally:
        page.close()
        stack.stop()

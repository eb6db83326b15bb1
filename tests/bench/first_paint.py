"""How soon there is something to see: from going to an address to the browser's first paint, on this machine.

Chromium without a GPU, nothing in its cache, a thousand assets in the gallery. The browser's own start of a page is in it:
what that takes by itself, a page of one sentence with one style sheet tells, from Python's own file server.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, sync_playwright

from studio.setup import ports
from studio.setup.browser import ensure
from tests.bench.harness import Bench, Figure, Line, at_most, of, of_ratio, row
from tests.bench.seed import EMAIL
from tests.browser.steps import every_page
from tests.stack import ROOT, Stack

COUNT = 1_000
PAGES = {
    "create": "the Create page",
    "write": "the Create page of a text tool",
    "gallery": "the gallery",
    "boards": "all boards",
    "board": "a board",
    "reviews": "reviews",
    "review": "one review",
    "notices": "notices",
    "shares": "share links",
    "asset": "an asset's page",
    "guest": "what a guest sees of a board",
}
"""In the order of `every_page`."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
BARE = '<!doctype html><title>Bare</title><link rel="stylesheet" href="bare.css"><p>One sentence.</p>'
PAINT = "performance.getEntriesByName('first-paint')[0]?.startTime"


@row(
    *(
        Line(name, f"first paint of {words}, nothing cached", at_most(200, "ms"), "a page of one sentence")
        for name, words in PAGES.items()
    )
)
def first_paint(bench: Bench) -> Iterator[Figure]:
    stack = bench.new_stack()
    stack.data.mkdir(parents=True)
    seed = [sys.executable, "-m", "tests.bench.seed", str(bench.few(COUNT, COUNT // 10))]
    subprocess.run(seed, env=stack.env, cwd=ROOT, check=True)
    stack.start()
    port = ports.free()
    (stack.data / "bare").mkdir()
    (stack.data / "bare" / "index.html").write_text(BARE)
    (stack.data / "bare" / "bare.css").write_text("p { color: navy }")
    files = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    server = subprocess.Popen(files, cwd=stack.data / "bare", stderr=subprocess.DEVNULL)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=ensure(), args=FLAGS)
            yield from _measure(bench, browser, stack, f"http://127.0.0.1:{port}/")
            browser.close()
    finally:
        server.kill()
        server.wait()
        stack.stop()


def _measure(bench: Bench, browser: Browser, stack: Stack, bare: str) -> Iterator[Figure]:
    first = browser.new_context(base_url=stack.url)
    page = first.new_page()
    page.goto(stack.signin_link(EMAIL))
    page.wait_for_url(lambda url: "/signin/" not in url)
    page.goto("/gallery/")
    paths = dict(zip(PAGES, every_page(page), strict=True))
    known = first.storage_state()
    first.close()
    times: dict[str, list[float]] = {name: [] for name in ("bare", *PAGES)}
    for number in range(bench.few(15, 1) + 1):
        for name, path in {"bare": bare, **paths}.items():
            context = browser.new_context(
                base_url=stack.url, storage_state=known, viewport={"width": 1440, "height": 900}
            )
            milliseconds = _painted(context.new_page(), path)
            if number:  # what the server does for the first time is not what people wait for
                times[name].append(milliseconds)
            context.close()
    base = times.pop("bare")
    for name, samples in times.items():
        yield Figure(name, of(samples), "ms", of(base), of_ratio(samples, base), len(samples))


def _painted(page: Page, path: str) -> float:
    page.goto(path)
    while (milliseconds := page.evaluate(PAINT)) is None:
        page.wait_for_timeout(10)
    return float(milliseconds)

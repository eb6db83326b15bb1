"""Found by meaning: from a search that finds no word, and what is like an asset. The stack's nodes are kept out of it
(conftest.py), so that a keeper of its own answers while this test runs."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import call, found, submit, wait_done
from tests.stack import ROOT, Stack

KEEP = """
import sys
from pathlib import Path
import django
django.setup()
from workers.meaning.keeper import Keeper
keeper = Keeper(Path(sys.argv[1]), "browser tests")
keeper.start()
sys.stdin.read()
keeper.stop()
"""
PATIENCE_S = 240.0


@pytest.fixture
def keep(stack: Stack, tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Starts what computes meanings and answers, until the end of the test."""
    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        env = {**stack.env, "REDIS_URL": stack.redis_url, "STUDIO_ROLE": "worker"}
        argv = [sys.executable, "-c", KEEP, str(tmp_path)]
        running.append(subprocess.Popen(argv, env=env, cwd=ROOT, stdin=subprocess.PIPE))

    yield start
    for process in running:
        process.communicate()


def until_found(page: Page, path: str, count: int) -> list[dict[str, Any]]:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        answer = call(page, "GET", path)
        if answer["meaning"] == "answered" and len(answer["items"]) == count:
            items: list[dict[str, Any]] = answer["items"]
            return items
        time.sleep(0.1)
    raise AssertionError(f"{path} found {answer}")


def test_found_by_meaning(page: Page, keep: Callable[[], None]) -> None:
    page.goto("/gallery/")
    prompts = ("A locomotive at a station at dusk", "A steam train", "A bowl of soup")
    jobs = [submit(page, prompt=prompt, steps=1, pause_ms=0) for prompt in prompts]
    first, *_ = [wait_done(page, job)["assets"][0]["id"] for job in jobs]
    page.goto("/gallery/meaning/?q=soup")
    expect(page.locator(".meant .note")).to_contain_text("no machine of this studio runs it now")
    expect(page.locator(".hits")).to_contain_text("soup")  # the words themselves

    keep()
    until_found(page, "assets/search?q=railway+engine", 2)
    page.goto("/gallery/?q=railway+engine")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    page.get_by_role("link", name="by meaning, too").click()
    hits = page.locator(".hits a")
    expect(hits).to_have_count(2)
    expect(hits.filter(has_text="locomotive")).to_contain_text("Similar in meaning")
    assert found(page) == []
    hits.filter(has_text="locomotive").click()
    page.wait_for_url(f"**/assets/{first}/")
    page.get_by_role("link", name="More like this").click()
    expect(page.locator(".hits a")).to_have_text([prompts[1]])
    assert found(page) == []

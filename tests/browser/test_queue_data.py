"""The pill's questions after the queue: one at a time, and fewer while the studio does not answer."""

from __future__ import annotations

import time

from playwright.sync_api import Page, Route

NEWS = 'document.dispatchEvent(new CustomEvent("team-event", {detail: {kind: "state"}}))'
EMPTY = {"items": [], "running": [], "waiting_total": 0, "left_s": 0, "next": None}


def test_a_question_waits_for_the_answer_before(page: Page) -> None:
    asked: list[tuple[float, Route]] = []
    page.route("**/api/v1/queue?*", lambda route: asked.append((time.monotonic(), route)))
    page.goto("/gallery/")

    def news_until(count: int, seconds: float) -> None:
        """News comes all the time, until there were so many questions or the time is over."""
        until = time.monotonic() + seconds
        while len(asked) < count and time.monotonic() < until:
            page.evaluate(NEWS)
            page.wait_for_timeout(150)

    news_until(1, 30)
    news_until(2, 2.5)
    assert len(asked) == 1  # not answered yet
    asked[0][1].fulfill(json=EMPTY)
    news_until(2, 30)
    asked[1][1].abort()
    news_until(3, 30)
    asked[2][1].abort()
    news_until(4, 30)
    asked[3][1].fulfill(json=EMPTY)
    begun = [moment for moment, _route in asked]
    assert len(begun) == 4
    assert begun[2] - begun[1] > 1.8  # after one that failed: two seconds
    assert begun[3] - begun[2] > 3.8  # after two in a row: four

"""How a page is looked at by axe: two of the four looks in every run, all four with STUDIO_EVERY_LOOK=1."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Literal

from playwright.sync_api import Page, expect

from tests.browser.steps import found

Look = tuple[Literal["dark", "light"], int]
CROSSWISE: tuple[Look, ...] = (("dark", 1440), ("light", 390))
REST: tuple[Look, ...] = (("light", 1440), ("dark", 390))
EVERY = os.environ.get("STUDIO_EVERY_LOOK") == "1"
LOOKS = CROSSWISE + REST if EVERY else CROSSWISE
FRAMES = "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


def turn(place: int) -> tuple[Look, ...]:
    """For pages that are looked at elsewhere, too: one of the two looks, the other for the next page."""
    return LOOKS if EVERY else (CROSSWISE[place % 2],)


def look(page: Page, path: str, looks: Sequence[Look] = LOOKS) -> None:
    """Open a page; axe finds nothing, and there is nothing to scroll sideways."""
    page.goto(path)
    expect(page.locator("main")).to_be_visible()
    for theme, width in looks:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(FRAMES)  # colours begin to move to the other theme; `found` has them arrive
        assert found(page) == [], f"{path}, {theme}, {width}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path}, {width}"

"""Real pictures of every page for the docs: run only where STUDIO_SCREENSHOTS=1 (see conftest.py)."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.steps import call, submit, wait_done

PLACE = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
PROMPTS = [  # what the small model that comes with the studio does well
    "three strawberries on a yellow background",
    "a penguin in the snow",
    "a pink castle at sunset",
    "four blue balloons in the sky",
    "a red guitar",
    "a purple fox on a green background",
    "a sailboat by the sea",
    "an owl at night",
    "a teapot",
    "a hamburger, flat style",
    "a unicorn, noto style",
    "a blue cat",
]
SIZES = {"1440": (1440, 900), "390": (390, 844)}


def shoot(page: Page, name: str, path: str | None = None) -> None:
    """`name` in both themes and at both widths, as WebP."""
    PLACE.mkdir(parents=True, exist_ok=True)
    if path:
        page.goto(path)
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        for label, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(700)
            raw = PLACE / f"{name}-{label}-{theme}.png"
            page.screenshot(path=raw)
            with Image.open(raw) as image:
                image.convert("RGB").save(raw.with_suffix(".webp"), quality=82, method=6)
            raw.unlink()


def test_every_page(page: Page) -> None:
    page.set_default_timeout(120_000)
    page.goto("/create/")
    jobs = [submit(page, "image.generate", prompt=prompt, seed=at) for at, prompt in enumerate(PROMPTS)]
    jobs.append(submit(page, "text.write", prompt="Describe a harbour at dusk in about 80 words.", seed=3))
    done = [wait_done(page, job) for job in jobs]
    assert all(job["state"] == "succeeded" for job in done), done
    first = done[0]["assets"][0]["id"]
    revised = call(
        page,
        "POST",
        "jobs",
        {"tool": "image.generate", "inputs": {"prompt": PROMPTS[0], "seed": 99}, "parent": first},
    )
    wait_done(page, revised)
    shoot(page, "create", "/create/image.generate/")
    shoot(page, "chat", "/chat/")
    shoot(page, "gallery", "/gallery/")
    shoot(page, "asset", f"/assets/{first}/")
    shoot(page, "asset-text", f"/assets/{done[-1]['assets'][0]['id']}/")
    for at in range(6):
        submit(page, "image.generate", prompt=PROMPTS[at], seed=500 + at, steps=60)
    page.goto("/queue/")
    expect(page.get_by_role("progressbar").first).to_be_visible()
    shoot(page, "queue")
    shoot(page, "nodes", "/nodes/")
    shoot(page, "models", "/models/")
    shoot(page, "team", "/team/")
    shoot(page, "account", "/account/")
    page.context.clear_cookies()
    shoot(page, "signin", "/signin/")

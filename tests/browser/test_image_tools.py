"""A person draws a picture and takes it through the picture tools; what each makes is looked at pixel by pixel."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.steps import call, found, submit, wait_done

DONE_MS = 60_000


def pixels(page: Page, asset: str) -> NDArray[np.uint8]:
    """The stored picture, decoded."""
    answer = page.request.get(f"/api/v1/assets/{asset}/content")
    return np.array(Image.open(io.BytesIO(answer.body())))


def run(page: Page, **numbers: int | float) -> dict[str, Any]:
    """Set these number inputs, press Submit, wait until the job's first asset is on the stage; its document."""
    for name, value in numbers.items():
        field = page.locator(f"[data-name={name}] input[type=number]")
        if not field.is_visible():
            page.locator(".more-inputs summary").click()
        field.fill(str(value))
    with page.expect_response(
        lambda answer: answer.request.method == "POST" and answer.url.endswith("/jobs")
    ) as told:
        page.get_by_role("button", name="Submit").click()
    assert told.value.status == 201, told.value.text()
    job = wait_done(page, told.value.json())
    assert job["state"] == "succeeded", job["error"]
    made = job["assets"][0]["id"]
    expect(page.locator("stage-view")).to_have_attribute("data-asset", made, timeout=DONE_MS)
    asset: dict[str, Any] = call(page, "GET", f"assets/{made}")
    return asset


def mask(size: tuple[int, int], box: tuple[int, int, int, int]) -> FilePayload:
    drawn = Image.new("L", size)
    drawn.paste(255, box)
    buffer = io.BytesIO()
    drawn.save(buffer, "PNG")
    return {"name": "mask.png", "mimeType": "image/png", "buffer": buffer.getvalue()}


@pytest.mark.slow
def test_it_works(page: Page) -> None:
    page.goto("/gallery/")
    size = {"width": 128, "height": 128, "steps": 12}
    job = wait_done(page, submit(page, "image.generate", prompt="a red apple on the grass", seed=7, **size))
    drawn = job["assets"][0]["id"]
    before = pixels(page, drawn)
    assert before.shape == (128, 128, 3)

    page.goto(f"/create/image.edit/?use={drawn}")
    prompt = page.get_by_role("textbox", name="Prompt", exact=True)
    expect(prompt).to_have_value("a red apple on the grass")  # what the picture was made with
    expect(page.locator("[data-name=seed] input")).to_have_value("7")
    expect(page.locator("model-field .reset")).not_to_be_empty()  # the fields' scripts have run
    assert found(page) == []
    prompt.fill("a blue butterfly on the grass")
    page.locator("[data-name=mask] input[type=file]").set_input_files(mask((128, 128), (16, 8, 112, 104)))
    expect(page.locator("[data-name=mask] [data-clear]")).to_be_visible()
    edited = run(page, strength=1, steps=8)
    after = pixels(page, edited["id"])
    outside = np.ones((128, 128), bool)
    outside[8:104, 16:112] = False
    assert (after[outside] == before[outside]).all()
    assert np.abs(after[~outside].astype(int) - before[~outside]).mean() > 15
    assert edited["prompt"] == "a blue butterfly on the grass"

    page.goto(f"/create/image.edit/?use={drawn}")
    page.locator(".more-inputs summary").click()
    page.locator("[data-side=right]").fill("64")
    wider = pixels(page, run(page, steps=4)["id"])
    assert wider.shape == (128, 192, 3)
    assert (wider[:, :128] == before).all()

    page.goto(f"/create/image.vary/?use={drawn}")
    run(page, rungs=2, steps=6, distance=0.9)
    expect(page.locator("[data-place]")).to_have_text("1 of 2")
    made = [
        pixels(page, item["id"]).astype(int) for item in call(page, "GET", "assets?tool=image.vary")["items"]
    ]
    for one, other in ((made[0], before), (made[1], before), (made[0], made[1])):
        assert np.abs(one - other).mean() > 2

    page.goto(f"/create/image.upscale/?use={drawn}")
    page.get_by_role("radio", name="2", exact=True).check(force=True)
    large = pixels(page, run(page)["id"])
    assert large.shape == (256, 256, 3)
    back = np.array(Image.fromarray(large).resize((128, 128), Image.Resampling.BOX)).astype(int)
    assert np.abs(back - before).mean() < 12

    page.goto(f"/create/image.remove_background/?use={drawn}")
    cut = pixels(page, run(page)["id"])
    assert cut.shape == (128, 128, 4)
    assert cut[40:90, 40:90, 3].mean() > 150 > 60 > np.concatenate([cut[:8, :, 3], cut[-8:, :, 3]]).mean()

    page.goto(f"/create/image.describe/?use={drawn}")
    told = run(page)
    expect(page.locator(".page-of-text")).to_contain_text("Colours")
    assert {"red", "green"} <= {colour["name"] for colour in told["facts"]["colours"]}
    expect(page.locator(".page-of-text")).to_contain_text("Not told")

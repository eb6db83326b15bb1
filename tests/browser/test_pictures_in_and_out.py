"""A picture from another tool fills in the form; a picture of ours leaves in another format with what was ticked."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, PngImagePlugin
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.steps import found, submit, wait_done

TEXT = """a lighthouse at dusk, film grain
Negative prompt: people
Steps: 9, Sampler: Euler a, CFG scale: 6.5, Seed: 77, Size: 512x512, Model: dream_8, Clip skip: 2"""


def from_a1111() -> FilePayload:
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", TEXT)
    out = io.BytesIO()
    Image.new("RGB", (32, 32), "teal").save(out, "PNG", pnginfo=info)
    return {"name": "00042-77.png", "mimeType": "image/png", "buffer": out.getvalue()}


def test_a_prompt_comes_in_by_the_picture(page: Page) -> None:
    page.goto("/create/test.paint/")
    page.locator("prompt-field input[type=file]").set_input_files(from_a1111())
    dialog = page.get_by_role("dialog", name="This picture carries its prompt")
    expect(dialog).to_contain_text("A1111 wrote it into 00042-77.png")
    dialog.get_by_text("things have no place here").click()
    expect(dialog).to_contain_text("dream_8")
    expect(dialog).to_contain_text("Euler a")
    assert found(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert found(page) == []
    page.set_viewport_size({"width": 1280, "height": 800})
    dialog.get_by_label("Seed").uncheck()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("a lighthouse at dusk, film grain")
    expect(page.locator("[data-name=steps] input[type=number]")).to_have_value("9")
    expect(page.get_by_role("textbox", name="Seed")).to_have_value("")


def test_a_picture_leaves_in_another_format(page: Page, tmp_path: Path) -> None:
    page.goto("/create/")
    done = wait_done(page, submit(page, prompt="A boat for export", seed=5))
    page.goto(f"/assets/{done['assets'][0]['id']}/")
    page.get_by_role("button", name="Download as").click()
    dialog = page.get_by_role("dialog", name="Download as")
    expect(dialog.get_by_label("Quality")).to_be_disabled()
    dialog.get_by_label("JPEG").check()
    dialog.get_by_label("Quality").fill("80")
    dialog.get_by_label("The prompt").check()
    dialog.get_by_label("Prompt and settings as text").check()
    assert found(page) == []
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Download").click()
    expect(dialog).to_be_hidden()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.suffix == ".jpg"
    with Image.open(path) as image:
        assert image.format == "JPEG"
        assert b"A boat for export" in image.info["xmp"]
        comment = image.getexif().get_ifd(0x8769)[0x9286]
        assert comment[8:].decode("utf-16-be").startswith("A boat for export\nSteps: ")

"""Pictures come onto the canvas from the clipboard and from the desktop, as layers in the middle of what is seen."""

from __future__ import annotations

import base64
import io

from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.steps import found
from tests.browser.test_canvas import bring, gradient, payload, ready

COPY = """async (text) => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  await navigator.clipboard.write([new ClipboardItem({"image/png": new Blob([bytes], {type: "image/png"})})]);
}"""
CARRY = """([text, name, type]) => {
  const carried = new DataTransfer();
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  carried.items.add(new File([bytes], name, {type}));
  return carried;
}"""
COLOUR = """([x, y]) => {
  const { flat, state } = document.querySelector("canvas-page").work;
  return [...flat.getContext("2d").getImageData(x - state.rect.x, y - state.rect.y, 1, 1).data].slice(0, 3);
}"""


def png(colour: str, size: tuple[int, int]) -> str:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def test_it_works(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    bring(page, gradient())
    layers = page.locator("layer-list li")
    before = layers.count()
    assert page.evaluate(COLOUR, [80, 64]) != [255, 0, 0]

    page.evaluate(COPY, png("red", (40, 20)))
    page.locator("canvas-page [name=size]").press("Control+v")  # a slider takes no picture itself
    expect(layers).to_have_count(before + 1)
    assert page.evaluate(COLOUR, [80, 64]) == [255, 0, 0]
    assert page.evaluate(COLOUR, [80, 40]) != [255, 0, 0], "it is as large as it was"

    carried = page.evaluate_handle(CARRY, [png("lime", (900, 300)), "leaf.png", "image/png"])
    beside = page.locator("canvas-page .options")  # where the browser would open it in place of the page
    beside.dispatch_event("drop", {"dataTransfer": carried})
    expect(layers).to_have_count(before + 2)
    expect(layers.filter(has_text="leaf")).to_have_count(1)
    assert page.evaluate(COLOUR, [80, 64]) == [0, 255, 0]
    assert page.evaluate(COLOUR, [80, 8]) != [0, 255, 0], (
        "what is larger than the picture is made as wide as it"
    )
    assert found(page) == []

    page.keyboard.press("Control+z")
    expect(layers).to_have_count(before + 1)
    assert page.evaluate(COLOUR, [80, 64]) == [255, 0, 0]


def test_what_is_no_picture_is_said(page: Page) -> None:
    page.goto("/canvas/")
    told = FilePayload(name="letter.txt", mimeType="text/plain", buffer=b"Dear all")
    page.locator("canvas-start input[type=file]").set_input_files([told])
    expect(page.locator("toast-list")).to_contain_text("letter.txt is no picture that can be read")
    bring(page, gradient())
    layers = page.locator("layer-list li")
    before = layers.count()
    carried = page.evaluate_handle(CARRY, [base64.b64encode(b"no picture").decode(), "a.png", "image/png"])
    page.locator("canvas-page .view").dispatch_event("drop", {"dataTransfer": carried})
    expect(page.locator("toast-list")).to_contain_text("a.png")
    expect(layers).to_have_count(before)


def test_words_are_pasted_as_words(page: Page) -> None:
    """In the prompt Ctrl+V is the field's own."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    bring(page, gradient())
    before = page.locator("layer-list li").count()
    page.evaluate("navigator.clipboard.writeText('a red boat')")
    prompt = page.get_by_role("textbox", name="Prompt", exact=True)
    prompt.press("Control+v")
    expect(prompt).to_have_value("a red boat")
    expect(page.locator("layer-list li")).to_have_count(before)


def test_what_is_too_large_is_worked_on_as_a_smaller_copy(page: Page) -> None:
    page.goto("/canvas/")
    page.locator("canvas-start input[type=file]").set_input_files([payload(Image.new("RGB", (5120, 10)))])
    page.get_by_role("button", name="Work on a smaller copy").click()
    ready(page)
    expect(page.locator("#canvas-size")).to_have_text("4096 × 8")

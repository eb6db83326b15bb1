"""A person paints a mask over a picture, has that part drawn anew, takes it as a layer, and paints beyond the edges."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.looks import LOOKS
from tests.browser.steps import call, found

DONE_MS = 120_000
SIZE = (160, 128)
READ = """async (path) => {
  const bytes = new Uint8Array(await (await fetch(path)).arrayBuffer());
  return Array.from(bytes);
}"""
MASK = """async () => {
  const { work } = document.querySelector("canvas-page");
  await work.do(() => {});
  const { mask } = work;
  return [mask.rect.w, mask.rect.h, Array.from(mask.alpha(mask.rect))];
}"""
CANVAS = "document.querySelector('canvas-page')"


def gradient(size: tuple[int, int] = SIZE) -> Image.Image:
    """A picture in which each pixel differs from its neighbours."""
    across, down = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    return Image.fromarray(
        np.stack([across % 256, down % 256, (across * 3 + down * 5) % 256], -1).astype(np.uint8)
    )


def payload(image: Image.Image, name: str = "harbour.png") -> FilePayload:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return {"name": name, "mimeType": "image/png", "buffer": buffer.getvalue()}


def bring(page: Page, image: Image.Image) -> str:
    """Open the canvas with a picture of one's own; the asset's id."""
    page.goto("/canvas/")
    page.locator("canvas-start input[type=file]").set_input_files([payload(image)])
    page.wait_for_url("**/canvas/*-*/")
    ready(page)
    return page.url.rstrip("/").rpartition("/")[2]


def ready(page: Page) -> None:
    expect(page.locator("canvas-page[data-ready]")).to_be_visible()


def pixels(page: Page, asset: str) -> NDArray[np.uint8]:
    """An asset's pixels, RGB."""
    data = bytes(page.evaluate(READ, f"/api/v1/assets/{asset}/content"))
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def mask(page: Page) -> NDArray[np.uint8]:
    """The mask, 0 to 255, when all that was asked for is done."""
    width, height, alpha = page.evaluate(MASK)
    return np.array(alpha, np.uint8).reshape(height, width)


def at(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a pixel of the picture is on the screen."""
    told: list[float] = page.evaluate(
        f"(([x, y]) => {{ const p = {CANVAS}; const b = p.view.getBoundingClientRect();"
        " const v = p.viewport.toView({x, y, w: 0, h: 0}); return [b.left + v.x, b.top + v.y]; })",
        [x, y],
    )
    return told[0], told[1]


def drag(page: Page, *way: tuple[float, float]) -> None:
    page.mouse.move(*at(page, *way[0]))
    page.mouse.down()
    for point in way[1:]:
        page.mouse.move(*at(page, *point), steps=6)
    page.mouse.up()
    page.wait_for_timeout(60)


def submit(page: Page, prompt: str) -> None:
    """Ask for the edit with few steps, and wait until a result can be taken."""
    page.get_by_role("textbox", name="Prompt", exact=True).fill(prompt)
    if not page.locator("canvas-form .more-inputs").get_attribute("open"):
        page.locator("canvas-form").evaluate(
            "(form) => { for (const one of form.querySelectorAll('details.more-inputs')) one.open = true; }"
        )
    page.locator("canvas-form [data-name=steps] input[type=number]").fill("4")
    page.get_by_role("textbox", name="Prompt", exact=True).press("Control+Enter")
    expect(page.get_by_role("button", name="Accept")).to_be_visible(timeout=DONE_MS)


def saved(page: Page, entry: str) -> Image.Image:
    """What the menu Export gives."""
    page.locator(".options summary", has_text="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=entry, exact=True).click()
    return Image.open(download.value.path())


def test_it_works(page: Page) -> None:
    original = gradient()
    asset = bring(page, original)
    before = np.asarray(original)
    page.goto(f"/assets/{asset}/")
    page.get_by_role("toolbar").get_by_role("link", name="Edit").click()
    page.wait_for_url("**/canvas/**")
    ready(page)

    # Painting, erasing, undo and redo.
    expect(page.locator(".what-changes")).to_contain_text("Changes the whole picture")
    page.locator("[name=size]").fill("24")
    drag(page, (40, 64), (90, 64))
    painted = mask(page)
    assert painted[64, 40:90].min() == 255
    assert painted[40].max() == painted[:, 120].max() == 0
    expect(page.locator(".what-changes")).to_contain_text("Changes what the mask shows")
    page.keyboard.press("e")
    drag(page, (60, 40), (60, 90))
    assert mask(page)[64, 60] == 0
    page.keyboard.press("Control+z")
    assert (mask(page) == painted).all()
    page.keyboard.press("Control+Shift+z")
    assert mask(page)[64, 60] == 0
    page.keyboard.press("Control+z")

    # A job of that part: outside the mask not one byte changes.
    submit(page, "a red balloon")
    assert (
        call(page, "GET", f"assets?q=mask&team={page.locator('html').get_attribute('data-team')}")["items"]
        == []
    )
    page.get_by_role("button", name="Accept").click()
    expect(page.locator("[data-layers] li")).to_have_count(2)
    child = call(page, "GET", f"assets/{asset}")["children"][0]["id"]
    made = pixels(page, child)
    outside = painted == 0
    assert (made[outside] == before[outside]).all()
    assert (made[painted == 255] != before[painted == 255]).any(-1).mean() > 0.5
    assert mask(page).max() == 0
    assert call(page, "GET", f"assets/{child}")["facts"]["inputs"]["mask"]

    # What one exports is what one sees; the mask is of the same size.
    assert (np.asarray(saved(page, "Picture, PNG").convert("RGB")) == made).all()
    page.locator("[data-layers] li[aria-current] [aria-pressed]").click()
    drag(page, (20, 20), (30, 20))
    assert (np.asarray(saved(page, "Picture, PNG").convert("RGB")) == before).all()
    white = np.asarray(saved(page, "Mask, PNG").convert("L"))
    assert white.shape == before.shape[:2]
    assert (white == mask(page)).all()
    hole = saved(page, "Picture with the mask as a hole, PNG")
    assert (np.asarray(hole.getchannel("A")) == 255 - white).all()

    # A reload keeps mask, layers, and the way back.
    page.wait_for_timeout(700)
    kept = mask(page)
    page.reload()
    ready(page)
    assert (mask(page) == kept).all()
    page.locator(".view").focus()
    for _ in range(3):  # the last stroke, the layer's eye, the layer
        page.keyboard.press("Control+z")
    expect(page.locator("[data-layers] li")).to_have_count(1)
    assert (mask(page) == painted).all()

    # Beyond the edges.
    page.keyboard.press("Delete")
    page.keyboard.press("f")
    page.locator(".options").get_by_label("Right").fill("48")
    page.locator(".options").get_by_label("Right").press("Tab")
    expect(page.locator(".what-changes")).to_contain_text("Paints beyond the edges")
    submit(page, "a sailboat by the sea")
    page.get_by_role("button", name="Accept").click()
    expect(page.locator("#canvas-size")).to_have_text("208 × 128")
    wide = np.asarray(saved(page, "Picture, PNG").convert("RGB"))
    assert wide.shape == (128, 208, 3)
    assert (wide[:, :160] == before).all()
    assert wide[:, 160:].std() > 0

    page.locator("canvas-page").get_by_role("button", name="Layers").click()
    for theme, width in LOOKS:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 900})
        assert found(page) == [], f"{theme}, {width}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_a_pointer(page: Page) -> None:
    """The brush by arrow keys, a rectangle by numbers, acts on the mask, and results without a result."""
    bring(page, gradient())
    page.locator(".view").focus()
    page.keyboard.press("Enter")
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    drawn = mask(page)
    assert drawn[64, 80:96].min() == 255
    expect(page.locator("[data-heard-here]")).to_contain_text("across")
    page.keyboard.press("Delete")
    assert mask(page).max() == 0
    page.keyboard.press("r")
    page.get_by_role("button", name="By numbers").click()
    dialog = page.get_by_role("dialog", name="Rectangle by numbers")
    for name, value in (("From the left", 10), ("From the top", 20), ("Width", 30), ("Height", 40)):
        dialog.get_by_label(name).fill(str(value))
    dialog.get_by_role("button", name="Add to the mask").click()
    square = np.zeros((128, 160), np.uint8)
    square[20:60, 10:40] = 255
    assert (mask(page) == square).all()
    page.locator(".view").focus()
    page.keyboard.press("i")
    assert (mask(page) == 255 - square).all()
    page.keyboard.press("i")
    page.locator(".options summary", has_text="Mask").click()
    page.locator("[name=reshape-by]").fill("5")
    page.get_by_role("button", name="Grow", exact=True).click()
    grown = mask(page)
    assert grown[40, 44] == grown[15, 20] == 255
    assert grown[40, 45] == grown[15, 5] == 0, "by five, with round corners"
    page.keyboard.press("Escape")
    page.locator(".view").focus()
    page.keyboard.press("?")
    help = page.get_by_role("dialog", name="Keys")
    expect(help).to_be_visible()
    assert found(page) == []
    page.keyboard.press("Escape")

    # A job for tonight: it says so, and what one works on stands still until then.
    page.get_by_label("Begins", exact=True).select_option("tonight")
    page.get_by_role("textbox", name="Prompt", exact=True).fill("a red balloon")
    page.get_by_role("textbox", name="Prompt", exact=True).press("Control+Enter")
    results = page.get_by_role("region", name="Results")
    expect(results.locator("[data-lines]")).to_contain_text("Waiting, starts ")
    expect(page.locator(".working")).to_be_hidden()
    results.get_by_role("button", name="Stop").click()
    expect(results.locator("[data-lines]")).to_have_text("Stopped")


POINTERS = """async () => {
  const page = document.querySelector("canvas-page"), { view, viewport, work } = page, box = view.getBoundingClientRect();
  view.setPointerCapture = () => {};
  const frame = () => new Promise(requestAnimationFrame);
  const fire = async (kind, id, type, x, y, more = {}) => {
    view.dispatchEvent(new PointerEvent(kind, { bubbles: true, pointerId: id, pointerType: type, buttons: 1, clientX: box.left + x, clientY: box.top + y, ...more }));
    await frame();
  };
  const [cx, cy] = [box.width / 2, box.height / 2];
  const widths = [];
  for (const pressure of [0.1, 0.9]) {
    await fire("pointerdown", 3, "pen", cx, cy, { pressure });
    await fire("pointermove", 3, "pen", cx + 1, cy, { pressure });
    await fire("pointerup", 3, "pen", cx + 1, cy, { pressure });
    widths.push(work.mask.bounds().h);
    await work.undo();
  }
  await fire("pointerdown", 1, "touch", cx - 50, cy);
  await fire("pointermove", 1, "touch", cx - 60, cy);
  const began = work.mask.acting;
  await fire("pointerdown", 2, "touch", cx + 50, cy);
  const gaveUp = !work.mask.acting && work.mask.bounds() === null;
  const before = viewport.scale;
  for (const far of [60, 80, 100]) {
    await fire("pointermove", 1, "touch", cx - far, cy);
    await fire("pointermove", 2, "touch", cx + far, cy);
  }
  const pinched = viewport.scale / before;
  await fire("pointerup", 1, "touch", cx, cy);
  await fire("pointerup", 2, "touch", cx, cy);
  await frame();
  const held = viewport.toPicture(cx, cy);
  view.dispatchEvent(new WheelEvent("wheel", { deltaY: -300, clientX: box.left + cx, clientY: box.top + cy, bubbles: true, cancelable: true }));
  const after = viewport.toPicture(cx, cy);
  const wheeled = viewport.scale / before / pinched;
  const from = viewport.x;
  await fire("pointerdown", 4, "mouse", cx, cy, { button: 1, buttons: 4 });
  await fire("pointermove", 4, "mouse", cx + 30, cy, { button: -1, buttons: 4 });
  await fire("pointerup", 4, "mouse", cx + 30, cy, { button: 1, buttons: 0 });
  return { widths, began, gaveUp, pinched, wheeled, stays: Math.hypot(held.x - after.x, held.y - after.y), panned: viewport.x - from, painted: work.mask.bounds() };
}"""


def test_pen_fingers_and_wheel(page: Page) -> None:
    """A pen that presses paints wider; a second finger takes a stroke back and zooms; wheel and middle button."""
    bring(page, gradient())
    told = page.evaluate(POINTERS)
    thin, wide = told["widths"]
    assert thin * 2 < wide
    assert told["began"]
    assert told["gaveUp"]
    assert 1.6 < told["pinched"] < 2.1
    assert told["wheeled"] > 1.3
    assert told["stays"] < 1e-6
    assert told["panned"] == 30
    assert told["painted"] is None


PROBE = """async () => {
  const page = document.querySelector("canvas-page"), { view } = page, box = view.getBoundingClientRect();
  const longest = [];
  new PerformanceObserver((list) => longest.push(...list.getEntries().map((entry) => entry.duration))).observe({ entryTypes: ["longtask"] });
  view.setPointerCapture = () => {};
  page.options.size = 200;
  const events = [];
  const fire = (kind, x, y) => {
    const from = performance.now();
    view.dispatchEvent(new PointerEvent(kind, { bubbles: true, pointerId: 1, pointerType: "mouse", buttons: 1, clientX: box.left + x, clientY: box.top + y }));
    events.push(performance.now() - from);
  };
  fire("pointerdown", box.width / 2, box.height / 2);
  for (let frame = 0; frame < 120; frame += 1) {
    for (let k = 0; k < 4; k += 1) {
      const turn = (frame * 4 + k) / 20;
      fire("pointermove", box.width / 2 + Math.cos(turn) * (60 + 2 * frame), box.height / 2 + Math.sin(1.3 * turn) * (60 + 2 * frame));
    }
    await new Promise(requestAnimationFrame);
  }
  fire("pointerup", 0, 0);
  events.sort((a, b) => a - b);
  return { median: events[events.length >> 1], longest: Math.max(0, ...longest), painted: page.work.mask.bounds() };
}"""


@pytest.mark.slow
def test_it_is_quick_at_2048(page: Page) -> None:
    """A long stroke with a large brush: what it costs the page's own thread, in processor time, for one frame."""
    bring(page, Image.new("RGB", (2048, 2048), (90, 120, 150)))
    ticks = page.context.new_cdp_session(page)
    ticks.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent() -> dict[str, float]:
        told = ticks.send("Performance.getMetrics")["metrics"]
        return {each["name"]: 1000 * each["value"] for each in told if each["name"].endswith("Duration")}

    before = spent()
    told = page.evaluate(PROBE)
    after = spent()
    script, task = ((after[name] - before[name]) / 120 for name in ("ScriptDuration", "TaskDuration"))
    said = f"script {script:.2f} ms, all tasks {task:.2f} ms a frame; {told}"
    assert told["painted"]["w"] > 1200, said
    assert told["median"] < 2, said  # ms for one event of the pointer
    assert script < 8, said
    assert task < 16, said

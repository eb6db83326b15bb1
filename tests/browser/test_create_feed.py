"""The page follows a job without sockets too, and comes back after a lost connection, without a gap or a double."""

from __future__ import annotations

from playwright.sync_api import Page, expect

NO_SOCKETS = """
window.WebSocket = class {
  constructor() { setTimeout(() => this.onclose && this.onclose({}), 10); }
  close() {}
};
"""
WORDS = " ".join(f"word{n}" for n in range(40))


def test_without_sockets(page: Page) -> None:
    page.add_init_script(NO_SOCKETS)
    page.goto("/create/test.echo/")
    page.get_by_label("Prompt", exact=True).fill(WORDS)
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("toolbar", name="Go on with this asset")).to_be_visible(timeout=25_000)
    expect(page.locator(".page-of-text")).to_have_text(WORDS)


def test_after_a_lost_connection(page: Page) -> None:
    page.goto("/create/test.echo/")
    page.get_by_label("Prompt", exact=True).fill(WORDS)
    page.get_by_role("spinbutton", name="Pause ms").fill("120")
    page.get_by_role("button", name="Submit").click()
    log = page.locator(".stage [role=log]")
    expect(log).to_contain_text("word2")
    page.context.set_offline(True)
    page.wait_for_timeout(1200)
    page.context.set_offline(False)
    expect(page.get_by_role("toolbar", name="Go on with this asset")).to_be_visible(timeout=25_000)
    expect(page.locator(".page-of-text")).to_have_text(WORDS)


def test_a_submit_that_is_not_sent_says_so_and_loses_nothing(page: Page) -> None:
    page.goto("/create/test.echo/")
    page.get_by_label("Prompt", exact=True).fill("Kept for later")
    page.context.set_offline(True)
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("[data-problem]")).to_contain_text("cannot be reached")
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("Kept for later")
    page.context.set_offline(False)
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("toolbar", name="Go on with this asset")).to_be_visible(timeout=25_000)


def test_uploads_go_to_the_field_that_takes_them(page: Page) -> None:
    page.goto("/create/test.invert/")
    picture = page.evaluate(
        """async () => {
            const canvas = new OffscreenCanvas(64, 48);
            canvas.getContext("2d").fillRect(0, 0, 32, 48);
            const blob = await canvas.convertToBlob({ type: "image/png" });
            return [...new Uint8Array(await blob.arrayBuffer())];
        }"""
    )
    page.locator("[data-name=image] input[type=file]").set_input_files(
        {"name": "pier.png", "mimeType": "image/png", "buffer": bytes(picture)}
    )
    expect(page.locator("[data-name=image] .pic img")).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("toolbar", name="Go on with this asset")).to_be_visible(timeout=25_000)


def test_a_long_job_that_ends_in_the_background_is_told(page: Page) -> None:
    page.add_init_script("Object.defineProperty(document, 'hidden', { get: () => Boolean(window.away) });")
    page.goto("/create/test.paint/")
    page.get_by_label("Prompt", exact=True).fill("A slow boat")
    page.locator("[data-name=steps] input[type=number]").fill("60")
    page.locator("[data-name=pause_ms] input[type=number]").fill("150")
    page.get_by_label("Prompt", exact=True).press("Control+Enter")
    expect(page.locator("stage-view .status")).to_contain_text("of 60 steps")
    page.evaluate("window.away = true")
    expect(page).to_have_title("● A slow boat is done", timeout=25_000)
    page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page).to_have_title("Paint · Create")
    expect(page.locator("toast-list")).to_contain_text("A slow boat is done")

"""A batch from a file: a thousand rows with bad ones are previewed, mapped, mended and run."""

from __future__ import annotations

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.steps import call, found

ROWS = 1000
BAD = {7: "0", 400: "many", 998: "1001"}  # steps that the tool refuses


def sheet() -> FilePayload:
    lines = ["\ufeffprompt;Schritte;Notiz"]
    for n in range(ROWS):
        words = '"A ""red"" boat;\r\nat 東京"' if n % 2 else f"A boat {n}"
        lines.append(f"{words};{BAD.get(n, '1')};x")
    return {"name": "boats.csv", "mimeType": "text/csv", "buffer": "\r\n".join(lines).encode()}


def test_it_works(page: Page) -> None:
    page.goto("/create/test.paint/")
    page.locator("[data-name=pause_ms] input[type=number]").fill("0")
    page.get_by_role("button", name="From a file").click()
    dialog = page.get_by_role("dialog", name="From a file")
    dialog.locator("input[type=file]").set_input_files(
        {"name": "empty.csv", "mimeType": "text/csv", "buffer": b"\n"}
    )
    says = dialog.get_by_role("status")
    expect(says).to_contain_text("The file is empty")
    dialog.locator("input[type=file]").set_input_files(sheet())
    expect(says).to_contain_text("1,000 rows, all can be made")  # no column is known as steps yet
    dialog.get_by_role("combobox", name="Schritte").select_option("Steps")
    expect(says).to_contain_text("1,000 rows, of which 3 need a change")
    expect(dialog.get_by_role("button", name="Use it")).to_be_disabled()
    assert found(page) == []
    # Quotes, line breaks inside cells and lines as an editor counts them
    expect(dialog.locator("td").nth(2)).to_contain_text('A "red" boat; at 東京')
    expect(dialog.locator(".sheet-bad li").first).to_contain_text("Line 12Steps:")
    dialog.get_by_label("Line 12, Schritte").fill("2")
    dialog.get_by_label("Line 12, Schritte").press("Tab")
    expect(says).to_contain_text("1,000 rows, of which 2 need a change")
    dialog.get_by_role("button", name="Leave the 2 rows out").click()
    expect(says).to_contain_text("998 rows, all can be made")
    dialog.get_by_role("button", name="Use it").click()
    expect(page.locator("[data-total]")).to_have_text("998")
    with page.expect_response(lambda answer: answer.url.endswith("/api/v1/batches")) as told:
        page.get_by_role("button", name="Submit").click()
    batch = told.value.json()
    assert batch["total"] == 998
    call(page, "POST", f"batches/{batch['id']}/cancel")
    assert call(page, "GET", f"batches/{batch['id']}")["total"] == 998

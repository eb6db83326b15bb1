"""Nodes and web are restarted one after another, with a new version of a tool: nothing is lost, no page breaks."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from tests.faults.checker import check_answers, check_gallery, check_jobs
from tests.faults.recorder import Recorder
from tests.faults.spine import Spine
from tests.faults.storm import Scene

SOON_MS = 60_000  # a part that starts on a busy machine takes its time
MOST_JOBS = 60


class Watched:
    """What a person has open all the while: Create with a job of theirs, and the queue."""

    def __init__(self, create: Page, queue: Page) -> None:
        self.create, self.queue = create, queue

    def begin(self) -> None:
        self.create.goto("/create/test.paint/")
        self.create.get_by_label("Prompt", exact=True).fill("A patient boat")
        self.create.locator("[data-name=steps] input[type=number]").fill("80")
        self.create.locator("[data-name=pause_ms] input[type=number]").fill("100")
        self.create.get_by_label("Prompt", exact=True).press("Control+Enter")
        expect(self.create.locator("stage-view .status")).to_contain_text("of 80 steps")
        self.queue.goto("/queue/")
        expect(self.queue.get_by_role("article", name="A patient boat")).to_be_visible()

    def end(self) -> None:
        """The picture came to the page that asked, the queue knows, and no word of trouble has stayed."""
        expect(self.create.get_by_role("toolbar", name="Go on with this asset")).to_be_visible()
        expect(self.queue.get_by_role("article", name="A patient boat")).to_have_count(0)
        expect(self.queue.get_by_role("heading", name="Finished")).to_be_visible()
        for page in (self.create, self.queue):
            expect(page.locator(".note.offline")).to_have_count(0)
            expect(page.locator("toast-list .wrong")).to_have_count(0)
        expect(self.create.locator("[data-problem]")).to_be_hidden()


@contextmanager
def watched(browser: Browser, spine: Spine, name: str) -> Iterator[Watched]:
    context = browser.new_context(base_url=spine.stack.url, locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(SOON_MS)
    expect.set_options(timeout=SOON_MS)
    errors: list[str] = []
    pages = context.new_page(), context.new_page()
    for page in pages:
        page.on("pageerror", lambda error: errors.append(str(error)))
    pages[0].goto(spine.stack.signin_link(name))
    pages[0].wait_for_url(lambda url: "/signin/" not in url)
    yield Watched(*pages)
    context.close()
    assert not errors, f"scripts of the pages failed: {errors}"


def test_a_rolling_restart_with_a_new_tool_version(
    spine: Spine, new_recorder: Callable[[str], Recorder], browser: Browser
) -> None:
    roll(spine, new_recorder, browser)


def roll(spine: Spine, new_recorder: Callable[[str], Recorder], browser: Browser) -> None:
    spine.mend()
    spine.wait_for_nodes(2)
    recorder = new_recorder("rolling")
    scene = Scene(spine, recorder, random.Random(5))
    done = threading.Event()

    def keep_asking() -> None:
        while not done.is_set() and len(scene.ids) < MOST_JOBS:
            scene.paint(tool="test.fragile", count=1)
            done.wait(1.0)

    asking = threading.Thread(target=keep_asking)
    with watched(browser, spine, "rolling") as pages:
        pages.begin()
        asking.start()
        try:
            spine.new_version(2)
            for part in ("second", "first", "web"):
                spine.restart(part)
        finally:
            done.set()
            asking.join()
        scene.paint(tool="test.fragile")
        scene.end()
        pages.end()
    assert check_jobs(recorder, scene.ids) == []
    assert check_gallery(recorder, spine.kept, ids=scene.ids) == []
    assert check_answers(recorder) == []
    versions = [recorder.job(job)["tool_version"] for job in scene.ids]
    assert set(versions) <= {1, 2}
    assert versions[-1] == 2
    states = [
        event["waiting_for"]
        for job in scene.ids
        for event in recorder.jobs[job].seen.values()
        if event["kind"] == "state" and event.get("waiting_for")
    ]
    assert all("restarted" in reason for reason in states), "a hand-back is no crash"

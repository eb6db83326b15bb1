"""What every test stands on: a data folder and a Redis of this run, and, where asked for, the whole studio.

redis_url   the Redis of this run; settings.REDIS_URL names it too, so bells and announcements work everywhere
stack       the running studio: real Redis, web server, worker and sweeper as processes, short leases, own data
api         an httpx client of a new person against the stack; `owner_api` the owner's
new_api     makes such clients: new_api("name", team="…", scopes=[…])
browser     headless Chromium; page: a tab of a new person, signed in; anonymous_page: nobody's
"""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django
import pytest

from studio.local_redis import LocalRedis
from studio.processes import spawn, stop

if TYPE_CHECKING:
    import httpx
    from playwright.sync_api import Browser, Page

    from tests.stack import Stack

pytest_plugins = ["tests.people"]

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(tempfile.mkdtemp(prefix="studio-tests-"))
SLOW_MACHINE_MS = 30_000  # a busy machine is not a fault; what must be quick says so itself
SHORT_TIMES = {  # seconds; a killed worker's job comes back within a few
    "STUDIO_LEASE_S": "3",
    "STUDIO_BEAT_S": "0.5",
    "STUDIO_SWEEP_S": "0.5",
    "STUDIO_CANCEL_GRACE_S": "1",
    "STUDIO_MEANING": "0",  # the tests of meaning start what computes it themselves
    "STUDIO_MEANING_LOOK_S": "0.1",
}


def _start_redis() -> tuple[subprocess.Popen[bytes], str]:
    redis = LocalRedis(HOME / "redis")
    process = spawn(redis.argv(), env=os.environ, cwd=HOME, output=subprocess.DEVNULL)
    if not redis.answers():
        raise RuntimeError("the Redis of the tests does not answer")
    return process, redis.url


# Hundreds of processes start here: where a machine keeps Python from storing what it compiled, each would do it anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# The settings read the environment when they are first imported, which pytest-django does after this file.
os.environ.update(
    SHORT_TIMES,
    STUDIO_DATA=str(HOME / "data"),
    STUDIO_SECRET_KEY="only for tests",
    STUDIO_EXTRA_TOOLS="tests.tools",
    HF_HUB_OFFLINE="1",
    DJANGO_SETTINGS_MODULE="studio.settings",
)
_redis, os.environ["REDIS_URL"] = _start_redis()
django.setup()  # so that tests may import models at their top


@atexit.register
def _clean() -> None:
    stop(_redis, limit_s=2)
    shutil.rmtree(HOME, ignore_errors=True)


ON_REQUEST = ("slow", "gpu", "soak")
"""Marks of tests that run only where somebody asks for them: `manage.py test -m soak`."""


def pytest_configure(config: pytest.Config) -> None:
    """Without -m, what takes minutes or a GPU stays out; `-m db` on PostgreSQL leaves it out too."""
    asked = config.option.markexpr
    if not any(mark in asked for mark in ON_REQUEST):
        rest = " and ".join(f"not {mark}" for mark in ON_REQUEST)
        config.option.markexpr = f"({asked}) and {rest}" if asked else rest


def pytest_collection_finish() -> None:
    """The thousands of tests and the modules they have read stay to the end: the collector need not look at them."""
    gc.collect()
    gc.freeze()


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """What a file's tests leave behind, such as torch's modules, stays too: a full collection would take a second."""
    if nextitem is not None and nextitem.path != item.path:
        gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: playwright's loop occupies this thread from its first use on. Marks follow from folders."""
    for item in items:
        folder = Path(item.path).relative_to(ROOT / "tests").parts[0]
        fixtures = getattr(item, "fixturenames", ())
        if folder == "browser" or "browser" in fixtures:
            item.add_marker(pytest.mark.browser)
        if "stack" in fixtures:
            item.add_marker(pytest.mark.stack)
        elif folder in {"jobs", "gallery", "teams", "notices", "presets", "integrations", "chains"} and (
            "db" in fixtures or item.get_closest_marker("django_db")
        ):
            item.add_marker(pytest.mark.db)
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """On SQLite the test database is there before it is asked for: a copy of the migrated one."""
    from django.db import connection

    from tests.migrated import copy_to

    if connection.vendor != "sqlite":
        return False
    copy_to(Path(connection.settings_dict["TEST"]["NAME"]), HOME / "data")
    return True


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The Redis of this run."""
    return os.environ["REDIS_URL"]


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The running studio of this run; tests share it, each with people of its own."""
    from tests.provider import Provider
    from tests.stack import Stack

    company = Provider()  # newcomers of it join the owner's team
    webhooks = {
        "STUDIO_WEBHOOK_HOSTS": "127.0.0.1",
        "STUDIO_WEBHOOK_WAITS_S": "600",
    }  # tests try again by hand
    patient = {"STUDIO_LOCK_WAIT_S": "20"}  # a disk that many tests write to stalls for seconds
    running = Stack(HOME / "stack", {**SHORT_TIMES, **company.env("Studio"), **webhooks, **patient})
    running.company = company
    try:
        running.start()
        yield running
    finally:
        running.stop()
        company.stop()


@pytest.fixture
def new_api(stack: Stack) -> Iterator[Callable[..., httpx.Client]]:
    """Makes clients with the token of a person (made where there is none), closed after the test."""
    made: list[httpx.Client] = []

    def make(
        user: str | None = None, *, team: str | None = None, scopes: list[str] | None = None
    ) -> httpx.Client:
        made.append(stack.client(stack.token(user, team=team, scopes=scopes)))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def api(new_api: Callable[..., httpx.Client], stack: Stack) -> httpx.Client:
    """A client of a person whom nobody else knows."""
    return new_api(stack.new_name())


@pytest.fixture
def owner_api(new_api: Callable[..., httpx.Client]) -> httpx.Client:
    """A client of the owner, who is the operator."""
    return new_api()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, one for the run."""
    from playwright.sync_api import expect, sync_playwright

    from studio.setup.browser import ensure

    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
    flags += ["--disable-component-update", "--disable-sync", "--force-color-profile=srgb"]
    expect.set_options(timeout=SLOW_MACHINE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=ensure(), args=flags)
        yield chromium
        chromium.close()


@pytest.fixture
def anonymous_page(browser: Browser, stack: Stack) -> Iterator[Page]:
    """A tab of nobody, 1440 × 900. Fails the test where a script of the page failed."""
    context = browser.new_context(
        base_url=stack.url, viewport={"width": 1440, "height": 900}, locale="en-GB", reduced_motion="reduce"
    )
    context.set_default_timeout(SLOW_MACHINE_MS)
    tab = context.new_page()
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    yield tab
    context.close()
    assert not errors, f"scripts of the page failed: {errors}"


@pytest.fixture
def page(anonymous_page: Page, stack: Stack) -> Page:
    """A tab of a new person who is signed in; it shows nothing yet."""
    cookie = stack.session(stack.new_name())
    anonymous_page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": stack.url}])
    return anonymous_page

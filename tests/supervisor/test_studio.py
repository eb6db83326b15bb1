"""`manage.py studio`: what it starts, what it starts again, and that nothing is left when it stops."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.conftest import ROOT, SHORT_TIMES
from tests.stack import Stack


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Stack]:
    """A studio of this test's own, for what must not be done to the shared one."""
    running = Stack(tmp_path, SHORT_TIMES, fresh=True)
    running.start()
    yield running
    running.stop()


def _wait(until: Callable[[], bool], limit_s: float = 15.0) -> bool:
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if until():
            return True
        time.sleep(0.05)
    return until()


def _family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def _alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def test_it_works(stack: Stack) -> None:
    state = stack.state()
    assert state["url"] == stack.url
    assert set(state["parts"]) == {"redis", "web", "worker", "sweeper"}
    ready = httpx.get(f"{stack.url}/readyz").json()
    assert ready["ok"], ready


def test_it_prints_one_link_that_signs_the_owner_in(stack: Stack) -> None:
    printed = stack.console.read_text()
    links = [word for word in printed.split() if "/signin/" in word]
    assert len(links) == 1
    assert httpx.get(links[0]).status_code == 200


def test_what_it_keeps_is_for_its_owner_only(stack: Stack) -> None:
    for name in ("studio.json", "redis/redis.conf", "studio.lock"):
        assert stat.S_IMODE((stack.data / name).stat().st_mode) & 0o077 == 0, name
    assert stack.redis_url.split("@")[0] not in " ".join(psutil.Process(stack.pid("redis")).cmdline())


@pytest.mark.parametrize("part", ["web", "worker", "sweeper", "redis"])
def test_a_part_that_dies_is_started_again(stack: Stack, part: str) -> None:
    killed = stack.kill(part)

    def back() -> bool:
        return stack.state()["parts"].get(part) not in (None, killed)

    assert _wait(back, 10), stack.logs()

    def ready() -> bool:
        try:
            return httpx.get(f"{stack.url}/readyz", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    assert _wait(ready, 20), stack.logs()
    assert f"{part}: was ended by SIGKILL" in stack.console.read_text()


def test_no_process_is_left_when_it_is_killed_or_asked_to_stop(own: Stack) -> None:
    family = _family(own.state()["pid"])
    assert len(family) >= 5
    os.kill(own.state()["pid"], signal.SIGKILL)
    assert _wait(lambda: not _alive(family), 10), _alive(family)
    own.start()
    _asked_to_stop(own, signal.SIGTERM)


@pytest.mark.slow
def test_control_c_stops_it(own: Stack) -> None:
    _asked_to_stop(own, signal.SIGINT)


def _asked_to_stop(own: Stack, number: signal.Signals) -> None:
    family = _family(own.state()["pid"])
    started = time.monotonic()
    os.kill(own.state()["pid"], number)
    assert _wait(lambda: not _alive(family), 20), _alive(family)
    assert time.monotonic() - started < 15
    assert not (own.data / "studio.json").exists()
    assert "was killed" not in own.console.read_text()


def test_a_second_one_on_the_same_folder_is_refused(stack: Stack) -> None:
    env = {**stack.env, "STUDIO_PORT": str(stack.port + 1)}
    done = subprocess.run(
        [sys.executable, "manage.py", "studio"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "A studio already runs on" in done.stderr


def test_a_taken_port_is_said_in_words(stack: Stack, tmp_path: Path) -> None:
    env = {**stack.env, "STUDIO_DATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "manage.py", "studio"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert f"Port {stack.port} on 127.0.0.1 is already in use" in done.stderr
    assert "Traceback" not in done.stderr

"""Processes that end with the one that started them, with a death signal of the kernel and without."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from studio.processes import Reaper, ended, spawn, stop

ENDLESS = "import time; time.sleep(600)"
WITH_CHILD = (
    "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
    "print('up', flush=True); time.sleep(600)"
)
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"


def _start(code: str, folder: Path) -> subprocess.Popen[bytes]:
    """Started, and past its first words."""
    log = folder / "log"
    with log.open("wb") as output:
        process = spawn([sys.executable, "-c", code], env=os.environ, cwd=folder, output=output)
    deadline = time.monotonic() + 10
    while "print" in code and not log.read_bytes() and time.monotonic() < deadline:
        time.sleep(0.02)
    return process


def _gone(pid: int, limit_s: float = 5.0) -> bool:
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


def test_it_works(tmp_path: Path) -> None:
    process = _start(ENDLESS, tmp_path)
    assert not ended(process)
    assert os.getpgid(process.pid) == process.pid
    assert stop(process, limit_s=5)
    assert process.returncode == -signal.SIGTERM


def test_what_does_not_stop_is_killed(tmp_path: Path) -> None:
    process = _start(STUBBORN, tmp_path)
    assert not stop(process, limit_s=0.3)
    assert process.returncode == -signal.SIGKILL


def test_a_second_wish_cuts_the_wait_short(tmp_path: Path) -> None:
    process = _start(STUBBORN, tmp_path)
    started = time.monotonic()
    stop(process, limit_s=30, cut_short=lambda: True)
    assert time.monotonic() - started < 5


def test_what_a_dead_process_left_behind_is_killed(tmp_path: Path) -> None:
    process = _start(WITH_CHILD, tmp_path)
    (child,) = psutil.Process(process.pid).children()
    process.kill()
    while not ended(process):
        time.sleep(0.01)
    assert _gone(child.pid)


def test_the_reaper_kills_what_it_watches_when_the_pipe_closes(tmp_path: Path) -> None:
    kept, watched = _start(ENDLESS, tmp_path), _start(ENDLESS, tmp_path)
    reaper = Reaper()
    reaper.watch(kept.pid)
    reaper.watch(watched.pid)
    reaper.forget(kept.pid)
    reaper.close()
    assert _gone(watched.pid)
    assert not ended(kept)
    stop(kept, limit_s=5)
    watched.wait()

"""Commands of the set-up: their words when they fail, their end when they hang."""

from __future__ import annotations

import sys
import time

import psutil
import pytest

from studio.setup.problem import SetupProblem
from studio.setup.steps import Step, command


def test_it_works(capsys: pytest.CaptureFixture[str]) -> None:
    current = Step("Counting")
    lines = command(
        [sys.executable, "-c", "print('one'); print('two')"], current, failure="No count", limit_s=20
    )
    current.done()
    assert lines == ["one", "two"]
    said = capsys.readouterr().out
    assert "Counting …" in said
    assert "Counting: done in" in said


def test_a_failed_command_shows_what_it_said() -> None:
    with pytest.raises(SetupProblem) as caught:
        command(
            [sys.executable, "-c", "print('no such package'); raise SystemExit(1)"],
            Step("Installing"),
            failure="pip could not install",
            limit_s=20,
        )
    assert "no such package" in str(caught.value)
    assert str(caught.value).endswith("pip could not install.")


def test_a_command_that_hangs_is_ended_with_all_it_started() -> None:
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True)\ntime.sleep(600)"
    )
    started = time.monotonic()
    with pytest.raises(SetupProblem, match="no end after 2 s") as caught:
        command([sys.executable, "-c", code], Step("Waiting"), failure="It hangs", limit_s=2)
    assert time.monotonic() - started < 10
    assert _gone(int(caught.value.output[0]))


def _gone(pid: int, limit_s: float = 10.0) -> bool:
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False

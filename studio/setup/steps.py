"""A step of the set-up: says what it does, how far it is and how long it took; shows the log only where it failed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from studio.setup.problem import SetupProblem

QUIET_S = 10.0  # without a terminal, a line of progress this often
TAIL = 25  # lines of a failed command that are shown


class Step:
    """One line on the terminal that follows a long step; in a log file, a line now and then."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.started = time.monotonic()
        self._last = self.started
        self._live = sys.stdout.isatty()
        self._line(f"{title} …", "\r" if self._live else "\n")

    def at(self, how_far: str) -> None:
        """How far it is, in words: "41 of 87 packages", "120 MB"."""
        now = time.monotonic()
        if now - self._last < (0.2 if self._live else QUIET_S):
            return
        self._last = now
        self._line(f"{self.title}: {how_far}, {now - self.started:.0f} s", "\r" if self._live else "\n")

    def done(self, words: str = "done") -> None:
        self._line(f"{self.title}: {words} in {time.monotonic() - self.started:.1f} s", "\n")

    def _line(self, text: str, end: str) -> None:
        clear = "\x1b[K" if self._live else ""
        print(f"{text}{clear}", end=end, flush=True)


@contextmanager
def step(title: str) -> Iterator[Step]:
    """A step that ends in "done" or leaves its error to the caller."""
    current = Step(title)
    yield current
    current.done()


def command(
    argv: Sequence[str | os.PathLike[str]],
    current: Step,
    *,
    failure: str,
    limit_s: float,
    how_far: Callable[[list[str]], str] | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    every_s: float = 0.5,
) -> list[str]:
    """Run a command to its end and give back its lines.

    how_far turns the lines so far into words for the step. Raises SetupProblem with `failure` and the last lines
    of the command where it fails or takes longer than limit_s; then nothing of it is left running.
    """
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [os.fspath(word) for word in argv],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=None if env is None else dict(env),
            cwd=cwd,
            start_new_session=True,
        )
        deadline = time.monotonic() + limit_s
        try:
            while process.poll() is None:
                if time.monotonic() > deadline:
                    raise SetupProblem(
                        f"{failure}: no end after {limit_s:.0f} s.", _lines(output.fileno())[-TAIL:]
                    )
                current.at(how_far(_lines(output.fileno())) if how_far else "working")
                time.sleep(min(every_s, max(0.05, time.monotonic() - current.started)))
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        lines = _lines(output.fileno())
        if process.returncode:
            raise SetupProblem(f"{failure}.", lines[-TAIL:])
        return lines


def _lines(descriptor: int) -> list[str]:
    """All that a command has written, without disturbing where it writes."""
    size = os.fstat(descriptor).st_size
    text = os.pread(descriptor, size, 0).decode("utf-8", "replace")
    return [line for line in re.split(r"[\r\n]+", text) if line.strip()]

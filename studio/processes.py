"""Processes that end with the one that started them: a group of its own each, a death signal, a stop with a limit."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded before any fork


def _death_signal(parent: int) -> Callable[[], None] | None:
    """What the new process runs before its program, so that the kernel kills it when `parent` dies (Linux)."""
    libc = _LIBC
    if libc is None:
        return None

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return ask


def spawn(
    argv: Sequence[str | os.PathLike[str]], *, env: Mapping[str, str], cwd: Path, output: IO[bytes] | int
) -> subprocess.Popen[bytes]:
    """Start a program in a process group of its own that dies with this process. Call it from the main thread.

    The kernel's death signal follows the thread that forked, hence the main thread.
    """
    return subprocess.Popen(
        [os.fspath(word) for word in argv],
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        process_group=0,
        preexec_fn=_death_signal(os.getpid()),
    )


def ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it has ended. What it left running in its group is killed before its number can be given anew."""
    if process.returncode is not None:
        return True
    with suppress(ChildProcessError):
        if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return False
        _signal_group(process.pid, signal.SIGKILL)
    process.wait()
    return True


def stop(
    process: subprocess.Popen[bytes], *, limit_s: float, cut_short: Callable[[], bool] = lambda: False
) -> bool:
    """Ask it to end, wait up to limit_s, then kill its whole group. True where it ended by itself.

    cut_short is asked while waiting: True kills at once (a second Ctrl-C).
    """
    if ended(process):
        return True
    with suppress(ProcessLookupError):
        process.terminate()
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline and not cut_short():
        if ended(process):
            return True
        time.sleep(0.02)
    _signal_group(process.pid, signal.SIGKILL)
    process.wait()
    return False


def _signal_group(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


class Reaper:
    """Where the kernel knows no death signal (macOS): a small process that kills the groups when our pipe closes."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "studio.processes"], stdin=subprocess.PIPE, start_new_session=True
        )

    def watch(self, group: int) -> None:
        self._tell(f"+{group}\n")

    def forget(self, group: int) -> None:
        self._tell(f"-{group}\n")

    def close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=10)

    def _tell(self, line: str) -> None:
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.write(line.encode())
                self._process.stdin.flush()


def _reap() -> None:
    """The reaper's whole life: read what to watch until the pipe closes, then kill what is left."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        groups.add(group) if line[0] == "+" else groups.discard(group)
    for group in groups:
        _signal_group(group, signal.SIGKILL)


if __name__ == "__main__":
    _reap()

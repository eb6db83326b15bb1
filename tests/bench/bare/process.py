"""A bare baseline in a process of its own, with the environment that a child of the studio gets.

A baseline is a module whose `main` calls `serve(measure)`; the row talks to it through `Bare`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.stack import ROOT
from workers.process import environment


class Bare:
    """The running baseline: `ask(…)` gives what its `measure` returned."""

    def __init__(self, module: str, folder: Path, threads: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"tests.bench.bare.{module}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=environment(threads, folder, network=False),
            text=True,
        )

    def ask(self, **asked: Any) -> dict[str, Any]:
        """RuntimeError where the baseline has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the bare baseline ended with {self._process.wait()}")
        told: dict[str, Any] = json.loads(line)
        return told

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


def serve(measure: Callable[..., dict[str, Any]]) -> None:
    """Answer a line of JSON with what `measure(**line)` returns, until the input ends."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    for line in sys.stdin:
        out.write(json.dumps(measure(**json.loads(line))) + "\n")
        out.flush()

"""One check: a command or a function, run apart, its output kept for when it fails."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Check:
    """name: what it looks at. argv: a command that exits 0 where all is well; or `ask`: the faults it finds.

    tells: what it says is of interest where all is well, too.
    """

    name: str
    argv: tuple[str, ...] = ()
    ask: Callable[[], list[str]] | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    tells: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a part: whether all is well, seconds it took, what it said."""

    name: str
    ok: bool
    seconds: float
    output: str = ""


def python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, *arguments)


def run(check: Check) -> Outcome:
    """Run one check to its end; it never raises for a fault."""
    started = time.monotonic()
    if check.ask is not None:
        faults = check.ask()
        return Outcome(check.name, not faults, time.monotonic() - started, "\n".join(faults))
    done = subprocess.run(
        check.argv,
        cwd=ROOT,
        env={**os.environ, **check.env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    return Outcome(check.name, done.returncode == 0, time.monotonic() - started, done.stdout.strip())

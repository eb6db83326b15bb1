"""Runs a module in a short-lived child process with limits on memory, processor time and the clock, without our environment.

For what opens a stranger's file. The module gets a request as JSON in its first argument and writes one JSON object to
stdout; it calls `limit` first.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from generators.image.opened import PIXELS
from studio.problems import Unsupported

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = threading.BoundedSemaphore(4)
"""Children of one process: twenty uploads at once wait for each other instead of filling the memory."""


@dataclass(frozen=True)
class Limits:
    """What one file may take. memory in bytes, times in seconds; pixels of one frame."""

    pixels: int = PIXELS
    memory: int = 2 << 30
    cpu_s: int = 60
    wall_s: int = 120
    text_bytes: int = 16 << 20


class TookTooLong(Exception):
    """The clock stopped it."""


def run(module: str, request: dict[str, Any], limits: Limits, folder: Path) -> dict[str, Any] | None:
    """What the module says, or None where it was stopped by a limit or crashed; TookTooLong by the clock.

    folder: where it may write.
    """
    request = {**request, "memory": limits.memory, "cpu_s": limits.cpu_s}
    with AT_ONCE:
        try:
            child = subprocess.run(
                [sys.executable, "-E", "-s", "-m", module, json.dumps(request)],
                cwd=ROOT,
                env={"PATH": os.defpath, "LANG": "C.UTF-8", "TMPDIR": str(folder), "HOME": str(folder)},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=limits.wall_s,
                process_group=0,  # no session of its own: Linux gives each session an equal share, whatever its niceness
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise TookTooLong from None
    try:
        found = json.loads(child.stdout)
    except ValueError:
        return None
    return found if child.returncode == 0 and isinstance(found, dict) else None


def written(module: str, request: dict[str, Any], limits: Limits, folder: Path) -> BinaryIO:
    """The file that the module wrote at request["out"], open for reading. Raises Unsupported, in words."""
    from django.utils.translation import gettext as _  # the child, which imports this module, needs no Django

    try:
        found = run(module, request, limits, folder)
    except TookTooLong:
        raise Unsupported(_("It takes longer to write than one file may take.")) from None
    if found is None:
        raise Unsupported(_("It could not be written within the limits for one file."))
    if "unreadable" in found:
        raise Unsupported(_("It cannot be written so: %(why)s") % {"why": found["unreadable"]})
    return Path(request["out"]).open("rb")


def limit(request: dict[str, Any]) -> None:
    """In the child: hold to the request's memory (bytes) and cpu_s (seconds), and step back behind those who serve."""
    os.nice(10)
    for what, most in [
        (resource.RLIMIT_AS, request["memory"]),
        (resource.RLIMIT_CPU, request["cpu_s"]),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 256 << 20),
    ]:
        with suppress(ValueError, OSError):  # a system that knows no such limit still has the parent's clock
            resource.setrlimit(what, (most, most))

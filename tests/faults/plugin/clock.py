"""A clock that a test can move: processes read how far ahead theirs is from a file, of the studio or of their node."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta
from types import SimpleNamespace

from django.utils import timezone

from tests.faults.plugin.tokens import FOLDER


def ahead() -> float:
    for name in (f"clock-{os.environ.get('STUDIO_NODE', '')}", "clock"):
        try:
            return float((FOLDER / name).read_text() or 0)
        except (FileNotFoundError, ValueError):
            continue
    return 0.0


def install() -> None:
    true_now = timezone.now

    def now() -> datetime:
        return true_now() + timedelta(seconds=ahead())

    timezone.now = now
    from studio.jobs import sweeper

    shifted = SimpleNamespace(monotonic=time.monotonic, sleep=time.sleep, time=lambda: time.time() + ahead())
    setattr(sweeper, "time", shifted)  # noqa: B010 - the module's own name, which it does not export

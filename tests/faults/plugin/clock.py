"""A clock that a test can move: all processes of the studio read how far ahead it is from one file."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from types import SimpleNamespace

from django.utils import timezone

from tests.faults.plugin.tokens import FOLDER


def ahead() -> float:
    try:
        return float((FOLDER / "clock").read_text() or 0)
    except (FileNotFoundError, ValueError):
        return 0.0


def install() -> None:
    true_now = timezone.now

    def now() -> datetime:
        return true_now() + timedelta(seconds=ahead())

    timezone.now = now
    from studio.jobs import sweeper

    shifted = SimpleNamespace(monotonic=time.monotonic, sleep=time.sleep, time=lambda: time.time() + ahead())
    setattr(sweeper, "time", shifted)  # noqa: B010 - the module's own name, which it does not export

"""The named points at which a process of the studio can be killed or stopped.

Points of the child (loading, in a step, made but not said) are in tests.faults.tools: they lie in the tool itself.
"""

from __future__ import annotations

import os
import sys
from functools import wraps
from typing import Any

from django.conf import settings

from tests.faults.plugin.patch import Function, around
from tests.faults.plugin.tokens import here


def role() -> str:
    """ "web", "worker", "sweeper", or "command" for a command of manage.py."""
    if "sweeper" in sys.argv:
        return "sweeper"
    given = os.environ.get("STUDIO_ROLE", "")
    if given == "worker" and "workers" not in sys.argv[0] and "manage.py" in sys.argv[0]:
        return "command"
    return given or "command"


def _before(name: str) -> Any:
    def wrap(function: Function) -> Function:
        @wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            here(name)
            return function(*args, **kwargs)

        return wrapped

    return wrap


def _after(name: str, when: Any = None) -> Any:
    def wrap(function: Function) -> Function:
        @wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            result = function(*args, **kwargs)
            if when is None or when(*args, **kwargs):
                here(name)
            return result

        return wrapped

    return wrap


def _is_run(*args: Any) -> bool:
    return bool(getattr(args[1], "do", "") == "run")


def _is_half(*args: Any, **kwargs: Any) -> bool:
    return bool(args[1] == "progress" and args[2]["progress"] >= 0.3)


WORKER_POINTS = (
    "claimed",
    "model-loading",
    "mid-step",
    "generated-not-written",
    "temp-written",
    "renamed-not-committed",
    "rows-not-committed",
    "committed-not-acked",
    "acked",
)
WEB_POINTS = ("submitted-not-answered", "upload-written", "upload-renamed", "uploaded-not-answered")
SWEEPER_POINTS = ("before-put-back", "after-put-back")


def _place() -> tuple[str, str]:
    """Where bytes come under their name."""
    if settings.S3_BUCKET:
        return "studio.gallery.storage_s3", "Bucket.place"
    return "studio.gallery.storage", "LocalFolder.place"


def install() -> None:
    match role():
        case "worker":
            around("workers.runner", "run_job", _before("claimed"))
            around("workers.process", "ChildProcess.send", _after("model-loading", _is_run))
            around("studio.jobs.actions", "record", _after("mid-step", _is_half))
            around("workers.run", "Run._store", _before("generated-not-written"))
            around("studio.gallery.storage", "LocalFolder.draft", _after("temp-written"))
            around(*_place(), _after("renamed-not-committed"))
            # Inside the transaction that stores an asset: all its rows are written, none is committed.
            around("studio.jobs.actions", "store", _after("committed-not-acked"))
            store = sys.modules["studio.jobs.actions.store"]
            store.tell_team = _after("rows-not-committed")(store.tell_team)  # type: ignore[attr-defined]
            around("studio.jobs.actions", "finish", _after("acked"))
        case "web":
            around("studio.jobs.actions", "submit", _after("submitted-not-answered"))
            around("studio.gallery.storage", "LocalFolder.draft", _after("upload-written"))
            around(*_place(), _after("upload-renamed"))
            around("studio.gallery.actions", "add", _after("uploaded-not-answered"))
        case "sweeper":
            around("studio.jobs.actions", "hand_back", _before("before-put-back"))
            around("studio.jobs.sweeper", "hand_back", _after("after-put-back"), everywhere=False)

"""What the catalogue asks of apps above it. They plug themselves in when they start (see jobs/apps.py)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, Protocol

from studio.teams.models import Team


class Installing(Protocol):
    """What the catalogue looks at of a job that installs a model."""

    @property
    def pk(self) -> uuid.UUID: ...
    @property
    def retry_of_id(self) -> uuid.UUID | None: ...
    @property
    def team(self) -> Team: ...
    @property
    def state(self) -> str: ...
    @property
    def error(self) -> Any: ...


Submit = Callable[..., Any]
"""jobs.actions.submit."""

_submit: Submit | None = None


def use_submit(submit: Submit) -> None:
    """Called once by the app that runs jobs."""
    global _submit
    _submit = submit


def submit(**request: Any) -> Any:
    """Submit a job; see jobs.actions.submit."""
    if _submit is None:
        raise RuntimeError("no app has said how to submit a job")
    return _submit(**request)

"""What every page's frame shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """The person's teams and the team that the page is about."""
    return {}

"""Every address: the API, the OpenAI-compatible door, and the pages of each app."""

from __future__ import annotations

import logging
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from studio import api
from studio.workspace import health

log = logging.getLogger(__name__)

PAGES = ["teams", "catalog", "gallery", "jobs", "threads", "workspace"]


def _pages() -> list[URLPattern | URLResolver]:
    found: list[URLPattern | URLResolver] = []
    for app in PAGES:
        if find_spec(f"studio.{app}.urls"):
            try:
                found.append(path("", include(f"studio.{app}.urls")))
            except ImportError as error:
                log.warning("the pages of %s are not served: %s", app, error)
    return found


urlpatterns: list[URLPattern | URLResolver] = [
    *api.urls(),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("", include("studio.openai.urls")),
    *_pages(),
    *api.last_urls(),
]

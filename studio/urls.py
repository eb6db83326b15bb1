"""Every address: the API, the OpenAI-compatible door, and the pages of each app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from studio import api
from studio.metrics import metrics
from studio.workspace import health

PAGES = [
    "teams",
    "notices",
    "catalog",
    "gallery",
    "presets",
    "jobs",
    "review",
    "shares",
    "activity",
    "integrations",
    "owning",
    "workspace",
]

urlpatterns: list[URLPattern | URLResolver] = [
    *api.urls(),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics),
    path("", include("studio.openai.urls")),
    *(path("", include(f"studio.{app}.urls")) for app in PAGES),
    *api.last_urls(),
]

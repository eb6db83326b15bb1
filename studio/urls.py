"""Every address: the API, the OpenAI-compatible door, and the pages of each app."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path

PAGES = ["teams", "catalog", "gallery", "jobs", "threads", "workspace"]

urlpatterns = [path("", include(f"studio.{app}.urls")) for app in PAGES if find_spec(f"studio.{app}.urls")]

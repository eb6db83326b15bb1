"""Addresses of the pages that people make things in."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

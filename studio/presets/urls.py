"""Addresses of the page of presets and wildcards."""

from __future__ import annotations

from django.urls import path

from studio.presets import views

urlpatterns = [
    path("presets/", views.presets, name="presets"),
    path("presets/<uuid:preset_id>/", views.preset, name="preset"),
    path("presets/wildcards/", views.new_wildcard, name="wildcard_new"),
    path("presets/wildcards/<uuid:wildcard_id>/", views.wildcard, name="wildcard"),
]

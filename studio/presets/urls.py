"""Addresses of the pages of presets, wildcards and brand kits."""

from __future__ import annotations

from django.urls import path

from studio.presets import views, views_brands

urlpatterns = [
    path("brands/", views_brands.kits, name="brands"),
    path("brands/new/", views_brands.new, name="brand_new"),
    path("brands/<uuid:brand_id>/", views_brands.kit, name="brand"),
    path("presets/", views.presets, name="presets"),
    path("presets/<uuid:preset_id>/", views.preset, name="preset"),
    path("presets/wildcards/", views.new_wildcard, name="wildcard_new"),
    path("presets/wildcards/<uuid:wildcard_id>/", views.wildcard, name="wildcard"),
]

"""Addresses of the gallery's pages."""

from __future__ import annotations

from django.urls import include, path

from studio.gallery import views, views_kin, views_text

urlpatterns = [
    path("", include("studio.gallery.urls_meaning")),
    path("gallery/", views.gallery, name="gallery"),
    path("gallery/filters/", views.filters, name="gallery_filters"),
    path("gallery/bin/", views.bin, name="bin"),
    path("assets/<uuid:asset_id>/", views.asset, name="asset"),
    path("assets/<uuid:asset_id>/edit/", views_text.edit, name="edit_text"),
    path("assets/<uuid:asset_id>/diff/<uuid:other_id>/", views_kin.difference, name="difference"),
    path("compare/", views_kin.compare, name="compare"),
]

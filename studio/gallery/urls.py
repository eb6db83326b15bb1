"""Addresses of the gallery's pages."""

from __future__ import annotations

from django.urls import path

from studio.gallery import views

urlpatterns = [
    path("gallery/", views.gallery, name="gallery"),
    path("gallery/filters/", views.filters, name="gallery_filters"),
    path("gallery/bin/", views.bin, name="bin"),
    path("assets/<uuid:asset_id>/", views.asset, name="asset"),
]

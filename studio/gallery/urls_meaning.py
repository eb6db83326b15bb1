"""Addresses of the pages that find by meaning."""

from __future__ import annotations

from django.urls import path

from studio.gallery import views_meaning

urlpatterns = [
    path("gallery/meaning/", views_meaning.search, name="meaning"),
    path("assets/<uuid:asset_id>/similar/", views_meaning.similar, name="similar"),
]

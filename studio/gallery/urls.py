"""Addresses of the gallery's pages."""

from __future__ import annotations

from django.urls import include, path

from studio.gallery import views, views_boards, views_gallery, views_kin, views_text

urlpatterns = [
    path("", include("studio.gallery.urls_meaning")),
    path("gallery/", views_gallery.gallery, name="gallery"),
    path("gallery/filters/", views_gallery.filters, name="gallery_filters"),
    path("gallery/bin/", views_gallery.bin, name="bin"),
    path("gallery/duplicates/", views_gallery.duplicates, name="duplicates"),
    path("gallery/export/", views_gallery.export, name="gallery_export"),
    path("boards/", views_boards.all_boards, name="boards"),
    path("boards/<uuid:board_id>/", views_boards.one_board, name="board"),
    path("assets/<uuid:asset_id>/", views.asset, name="asset"),
    path("assets/<uuid:asset_id>/edit/", views_text.edit, name="edit_text"),
    path("assets/<uuid:asset_id>/diff/<uuid:other_id>/", views_kin.difference, name="difference"),
    path("compare/", views_kin.compare, name="compare"),
]

"""Addresses of share links: the team's page, and what guests reach."""

from __future__ import annotations

from django.urls import path

from studio.shares import guests, views

urlpatterns = [
    path("shares/", views.shares, name="shares"),
    path("shares/<uuid:share_id>/revoke/", views.revoke, name="share_revoke"),
    path("s/<str:secret>/", guests.shared, name="shared"),
    path("s/<str:secret>/<uuid:asset_id>/", guests.one, name="shared_one"),
    path("s/<str:secret>/<uuid:asset_id>/picture", guests.picture, name="shared_picture"),
    path("s/<str:secret>/<uuid:asset_id>/file", guests.file, name="shared_file"),
]

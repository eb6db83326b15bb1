"""Addresses of notices."""

from __future__ import annotations

from django.urls import path

from studio.notices import views

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read, name="notices_read"),
    path("notices/preferences/", views.Preferred.as_view(), name="notice_preferences"),
    path("notices/<uuid:notice_id>/", views.follow, name="notice"),
]

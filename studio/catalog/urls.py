"""Addresses of the Models page."""

from __future__ import annotations

from django.urls import path

from studio.catalog import views

urlpatterns = [path("models/", views.models, name="models")]

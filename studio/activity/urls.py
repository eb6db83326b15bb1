"""The address of the page of activity."""

from __future__ import annotations

from django.urls import path

from studio.activity import views

urlpatterns = [path("team/activity/", views.activity, name="activity")]

"""Addresses of the pages of webhooks."""

from __future__ import annotations

from django.urls import path

from studio.integrations import views

ONE = "team/webhooks/<uuid:webhook_id>/"

urlpatterns = [
    path("team/webhooks/", views.webhooks, name="webhooks"),
    path(ONE, views.webhook, name="webhook"),
    path(f"{ONE}rotate/", views.rotate, name="webhook_rotate"),
    path(f"{ONE}pause/", views.pause, name="webhook_pause"),
    path(f"{ONE}resume/", views.resume, name="webhook_resume"),
    path(f"{ONE}remove/", views.remove, name="webhook_remove"),
    path(f"{ONE}test/", views.test, name="webhook_test"),
    path(f"{ONE}replay/", views.replay_dead, name="webhook_replay_dead"),
    path(f"{ONE}deliveries/<uuid:delivery_id>/replay/", views.replay, name="webhook_replay"),
]

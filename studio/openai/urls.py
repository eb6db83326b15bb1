"""Addresses of the OpenAI-compatible door."""

from __future__ import annotations

from django.urls import path, re_path

from studio.openai import chat, errors, images, models

urlpatterns = [
    path("v1/chat/completions", chat.completions),
    path("v1/images/generations", images.generations),
    path("v1/images/edits", images.edits),
    path("v1/images/<str:word>", images.image),
    path("v1/models", models.models),
    path("v1/models/<path:name>", models.model),
    re_path(r"^v1/", errors.nothing_here),
]

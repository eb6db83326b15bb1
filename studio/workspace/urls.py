"""Addresses of the pages that people make things in."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.views.generic import RedirectView

from studio.workspace import canvas, chat, create

urlpatterns: list[URLPattern] = [
    path("", RedirectView.as_view(url="/create/"), name="home"),
    path("create/", create.start, name="create"),
    path("create/<str:name>/", create.create, name="create_tool"),
    path("canvas/", canvas.start, name="canvas_start"),
    path("canvas/<uuid:asset_id>/", canvas.canvas, name="canvas"),
    path("chat/", chat.threads, name="chat"),
    path("chat/<uuid:thread_id>/", chat.thread, name="thread"),
]

"""Addresses of the pages that people make things in."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.views.generic import RedirectView

from studio.workspace import canvas, chains, chat, create

urlpatterns: list[URLPattern] = [
    path("", RedirectView.as_view(url="/create/"), name="home"),
    path("create/", create.start, name="create"),
    path("create/<str:name>/", create.create, name="create_tool"),
    path("canvas/", canvas.start, name="canvas_start"),
    path("canvas/<uuid:asset_id>/", canvas.canvas, name="canvas"),
    path("chains/", chains.chains, name="chains"),
    path("chains/new/", chains.new, name="chain_new"),
    path("chains/<uuid:chain_id>/", chains.chain, name="chain"),
    path("chains/<uuid:chain_id>/edit/", chains.edit, name="chain_edit"),
    path("chains/runs/<uuid:run_id>/", chains.run, name="chain_run"),
    path("chat/", chat.threads, name="chat"),
    path("chat/<uuid:thread_id>/", chat.thread, name="thread"),
]

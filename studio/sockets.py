"""Every websocket address."""

from __future__ import annotations

from typing import Any

from django.urls import path

from studio.feeds.consumers import TeamFeedConsumer
from studio.jobs.consumers import BatchFeedConsumer, JobFeedConsumer


urlpatterns: list[Any] = [
    path("ws/jobs/<str:job>", JobFeedConsumer.as_asgi()),
    path("ws/batches/<str:batch>", BatchFeedConsumer.as_asgi()),
    path("ws/team/<str:team>", TeamFeedConsumer.as_asgi()),
]

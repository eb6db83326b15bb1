"""Every websocket address."""

from __future__ import annotations

from typing import Any

from django.urls import path

from studio.feeds.consumers import FeedConsumer, TeamFeedConsumer
from studio.jobs.consumers import BatchFeedConsumer, JobFeedConsumer

SOCKETS: dict[str, type[FeedConsumer]] = {
    "ws/jobs/<str:job>": JobFeedConsumer,
    "ws/batches/<str:batch>": BatchFeedConsumer,
    "ws/team/<str:team>": TeamFeedConsumer,
}


def _view(consumer: type[FeedConsumer]) -> Any:
    """`path` is typed for HTTP views; Channels gives it an ASGI application instead."""
    return consumer.as_asgi()


urlpatterns = [path(route, _view(consumer)) for route, consumer in SOCKETS.items()]

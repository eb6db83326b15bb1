"""Bells. Celery carries "look at the queue", never the job: the row is the queue."""

from __future__ import annotations

from celery import Celery
from django.conf import settings
from kombu import Connection

from studio.aside import say

TASK = "studio.work"
EXPIRES_S = 2.0
READ_S = 1.0

app = Celery("studio", broker=settings.REDIS_URL, set_as_current=False)
"""The Celery app; the workers' part of its settings is in workers/app.py."""

app.conf.update(
    broker_transport_options={
        "global_keyprefix": "studio:celery:",
        "socket_connect_timeout": 0.2,
        "retry_on_timeout": True,
        "max_retries": 0,
    },
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
)

_line: Connection | None = None  # used by the thread of studio.aside only


def queue_name(lane: str, device: str) -> str:
    """The Celery queue of a lane and device: "make.any", "make.cuda", "io.any" …"""
    return f"{lane}.{device}"


def ring(lane: str, device: str) -> None:
    """Ring once, soon; a bell that cannot be rung is no error (the sweeper rings again within a second).

    Whoever rings does not wait for Redis, however slow it is.
    """
    say(("bell", lane, device), lambda: _ring(lane, device))


def _ring(lane: str, device: str) -> None:
    global _line
    if (
        _line is None
    ):  # with a limit on reads, which the worker's own line, where it waits for bells, must not have
        _line = app.connection_for_write(transport_options={"socket_timeout": READ_S})
    try:
        app.send_task(
            TASK,
            args=[lane, device],
            queue=queue_name(lane, device),
            expires=EXPIRES_S,
            retry=False,
            ignore_result=True,
            connection=_line,
        )
    except Exception:
        line, _line = _line, None
        line.release()
        raise

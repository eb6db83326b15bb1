"""Bells. Celery carries "look at the queue", never the job: the row is the queue."""

from __future__ import annotations

import logging
import time

from celery import Celery
from django.conf import settings

log = logging.getLogger(__name__)

TASK = "studio.work"
EXPIRES_S = 2.0
QUIET_S = 1.0  # after a bell that could not be rung, this process tries no other for so long

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

_quiet_until = 0.0


def queue_name(lane: str, device: str) -> str:
    """The Celery queue of a lane and device: "make.any", "make.cuda", "io.any" …"""
    return f"{lane}.{device}"


def ring(lane: str, device: str) -> bool:
    """Ring once; a bell that cannot be rung is no error (the sweeper rings again within a second).

    Returns whether Redis took it. While Redis is away, at most one try a second is made in this process.
    """
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return False
    try:
        app.send_task(
            TASK,
            args=[lane, device],
            queue=queue_name(lane, device),
            expires=EXPIRES_S,
            retry=False,
            ignore_result=True,
        )
    except Exception as error:  # kombu, redis and socket errors alike: none of them may reach the caller
        _quiet_until = time.monotonic() + QUIET_S
        log.debug("bell: %s", error)
        return False
    return True

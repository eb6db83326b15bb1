"""Bells. Celery carries "look at the queue", never the job: the row is the queue."""

from __future__ import annotations

import logging
import time

from celery import current_app

log = logging.getLogger(__name__)

TASK = "studio.work"
EXPIRES_S = 2.0

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
        current_app.send_task(
            TASK,
            args=[lane, device],
            queue=queue_name(lane, device),
            expires=EXPIRES_S,
            retry=False,
            ignore_result=True,
        )
    except Exception as error:  # kombu, redis and socket errors alike: none of them may reach the caller
        _quiet_until = time.monotonic() + 1.0
        log.debug("bell: %s", error)
        return False
    return True

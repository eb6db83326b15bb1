"""The Celery app: carries bells, never jobs. Its queues are lane × device."""

from __future__ import annotations

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")

from typing import Any

from celery.signals import setup_logging
from kombu import Exchange, Queue

from studio.jobs.dispatch import app, queue_name


@setup_logging.connect
def keep_ours(**kwargs: Any) -> None:
    """Somebody who listens here keeps Celery from setting up logging of its own: the settings' stays."""


LANES = ("make", "train", "io")
DEVICES = ("any", "cuda")

app.conf.update(
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    task_queues=[
        Queue(
            queue_name(lane, device), Exchange("studio"), routing_key=queue_name(lane, device), durable=False
        )
        for lane in LANES
        for device in DEVICES
    ],
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    task_acks_late=False,  # a bell that is lost is rung again
    imports=["workers.tasks"],
)
app.set_default()
app.set_current()


def worker_command(lanes: list[str], device: str, slots: int) -> list[str]:
    """The command line of a node's worker process: threads are slots."""
    devices = ["any", "cuda"] if device == "cuda" else ["any"]
    queues = ",".join(queue_name(lane, device) for lane in lanes for device in devices)
    return [
        *(sys.executable, "-m", "celery", "-A", "workers.app", "worker"),
        *("-P", "threads", "-c", str(slots), "-Q", queues, "-l", "WARNING"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]

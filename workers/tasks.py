"""The one Celery task: a bell. And how a worker process starts and stops."""

from __future__ import annotations

import math
import threading
from typing import Any

from celery import shared_task
from celery.signals import worker_process_shutdown, worker_ready, worker_shutting_down

from studio import env
from studio.catalog import actions as catalog
from studio.jobs.dispatch import TASK
from workers import runner
from workers.meaning.keeper import Keeper
from workers.node import this_node

_keepers: list[Keeper] = []


@shared_task(name=TASK, ignore_result=True)
def work(lane: str, device: str) -> None:
    """Run what waits in this lane until nothing does."""
    runner.work(this_node(), lane)


@worker_ready.connect
def _ready(**kwargs: Any) -> None:
    node = this_node()
    runner.clear_scratch()
    for begin in (catalog.sync, node.register):  # a database that is away now is waited for
        runner.persist(begin, for_s=math.inf)
    node.keep_reporting()
    if env.flag("STUDIO_MEANING", True):
        _keepers.append(Keeper(node.slots.home, node.name))
        _keepers[0].start()
    for lane in node.lanes:  # what waited while nobody was here
        threading.Thread(target=runner.work, args=(node, lane), name=f"first-{lane}", daemon=True).start()


@worker_shutting_down.connect
def _stopping(**kwargs: Any) -> None:
    """Between steps, running jobs are handed back; they do not count as crashed."""
    runner.stopping.set()
    this_node().stop()
    for keeper in _keepers:
        threading.Thread(target=keeper.stop, daemon=True).start()
    threading.Thread(target=runner.end_children_after_grace, args=(this_node(),), daemon=True).start()


@worker_process_shutdown.connect
def _stopped(**kwargs: Any) -> None:
    this_node().slots.close()

"""beat: what a beat that came late finds out concerns its own job only, not the next one in the same child."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from studio.jobs import actions
from studio.jobs.actions import Slot, claim
from studio.jobs.models import Job
from studio.jobs.sweeper import put_back_lost
from studio.teams.models import User
from studio.teams.rights import Actor
from workers.messages import Run as Order
from workers.node import ThisNode
from workers.orders import order_for
from workers.run import Run


@pytest.mark.django_db(transaction=True)
def test_a_beat_that_waited_past_the_end_leaves_the_child_alone(
    submit: Callable[..., Job], slot: Slot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database was locked while the job ended; the beat then finds its attempt closed. The child has gone on."""
    submit()
    job = claim(slot)
    assert job is not None
    node = ThisNode()
    place = node.slots.take("make")
    assert place is not None
    prepare = partial(order_for, job, tmp_path, node=node, slot=place, evict=[])
    run = Run(node, place, job, prepare, stopping=threading.Event(), persist=lambda call: call())
    run._child = child = node.slots.child(place)
    beat = actions.beat

    def late(job: Job) -> bool:
        run.over.set()
        actions.finish(job, state="succeeded")
        return beat(job)

    monkeypatch.setattr(actions, "beat", late)
    try:
        thread = threading.Thread(target=run._beat)
        thread.start()
        thread.join()
        assert child.alive
        assert not run.fenced
    finally:
        node.slots.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("cancelled", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_it_beats_while_inputs_are_copied(
    cancelled: bool, submit: Callable[..., Job], slot: Slot, bob: User, tmp_path: Path
) -> None:
    """What comes before the child gets its order (large inputs, a slow start) may outlast a lease."""
    submit()
    job = claim(slot)
    assert job is not None
    node = ThisNode()
    place = node.slots.take("make")
    assert place is not None

    def slow() -> Order:
        if cancelled:
            actions.cancel(actor=Actor.of(bob), job=Job.objects.get(pk=job.pk))
        time.sleep(settings.LEASE + 1)
        return order_for(job, tmp_path, node=node, slot=place, evict=[])

    lost: list[int] = []
    over = threading.Event()

    def sweep() -> None:
        while not over.wait(0.1):
            lost.append(put_back_lost())
        connection.close()

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    try:
        run = Run(node, place, job, slow, stopping=threading.Event(), persist=lambda call: call())
        verdict = run.go()
    finally:
        over.set()
        sweeper.join()
        node.slots.close()
    assert not any(lost)
    assert verdict.how == ("cancelled" if cancelled else "done")

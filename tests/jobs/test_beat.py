"""beat: what a beat that came late finds out concerns its own job only, not the next one in the same child."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.jobs import actions
from studio.jobs.actions import Slot, claim
from studio.jobs.models import Job
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
    order = order_for(job, tmp_path, node=node, slot=place, evict=[])
    run = Run(node, place, job, order, stopping=threading.Event(), persist=lambda call: call())
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
        assert run.child.alive
        assert not run.fenced
    finally:
        node.slots.close()

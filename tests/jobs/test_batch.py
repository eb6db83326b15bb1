"""submit_batch: what it expands to, whole or not at all; pause, resume, cancel."""

from __future__ import annotations

import pytest

from studio.jobs import actions
from studio.jobs.actions import Slot, claim, expand
from studio.jobs.json import batch_counts
from studio.jobs.models import Batch, Job
from studio.problems import InvalidInputs
from studio.teams.models import User
from studio.teams.rights import Actor


def test_it_works(bob: User, slot: Slot) -> None:
    batch = actions.submit_batch(
        actor=Actor.of(bob),
        tool="test.paint",
        inputs={"seed": 7},
        prompts="a {red|blue} barn",
        matrix={"steps": [1, 2]},
        count=2,
    )
    jobs = list(Job.objects.filter(batch=batch).order_by("batch_index"))
    assert (batch.open, batch.total, len(jobs)) == (True, 8, 8)
    assert {job.inputs["prompt"] for job in jobs} == {"a red barn", "a blue barn"}
    assert [job.inputs["seed"] for job in jobs[:2]] == [7, 8]
    assert batch_counts(batch) == {"queued": 8}
    assert claim(slot) is not None


def test_one_bad_row_and_nothing_is_accepted(bob: User) -> None:
    with pytest.raises(InvalidInputs) as caught:
        actions.submit_batch(
            actor=Actor.of(bob),
            tool="test.paint",
            inputs={},
            items=[{"prompt": "x"}, {"prompt": ""}, {"steps": -1}],
        )
    assert sorted(error["loc"][0] for error in caught.value.errors) == [1, 2, 2]
    assert not Batch.objects.exists()
    assert not Job.objects.exists()


def test_more_than_ten_thousand_are_refused_before_they_are_made() -> None:
    with pytest.raises(InvalidInputs, match="10000"):
        next(expand({}, matrix={"seed": list(range(101)), "steps": list(range(100))}))
    with pytest.raises(InvalidInputs):
        next(expand({}, items=[]))


def test_pause_resume_cancel(bob: User, slot: Slot) -> None:
    actor = Actor.of(bob)
    batch = actions.submit_batch(actor=actor, tool="test.paint", inputs={"prompt": "x"}, count=3)
    actions.pause_batch(actor=actor, batch=batch)
    assert claim(slot) is None
    actions.resume_batch(actor=actor, batch=batch)
    running = claim(slot)
    assert running is not None
    actions.cancel_batch(actor=actor, batch=batch)
    assert batch_counts(batch) == {"running": 1, "cancelled": 2}
    assert actions.beat(running) is True
    assert claim(slot) is None

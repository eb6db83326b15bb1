"""retry: the same again, as a new job."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from studio.gallery import actions as gallery
from studio.gallery.models import Asset
from studio.jobs import actions
from studio.jobs.actions import Slot, claim
from studio.jobs.models import Job
from studio.problems import InvalidInputs
from studio.teams.models import Team, User
from studio.teams.rights import Actor, NotThere


def test_it_works(submit: Callable[..., Job], slot: Slot, bob: User) -> None:
    submit()
    job = claim(slot)
    assert job is not None
    actions.finish(job, state="failed", error={"kind": "tool", "message": "no", "retryable": True})
    again = actions.retry(actor=Actor.of(bob), job=job)
    assert again.pk != job.pk
    assert (again.retry_of, again.inputs, again.state, again.attempt) == (job, job.inputs, "queued", 0)


def test_who_may_not(submit: Callable[..., Job], charlie: User) -> None:
    with pytest.raises(NotThere):
        actions.retry(actor=Actor.of(charlie), job=submit())


def test_a_batchs_failed_ones_are_retried_once_within_it(slot: Slot, bob: User) -> None:
    actor = Actor.of(bob)
    batch = actions.submit_batch(actor=actor, tool="test.paint", inputs={"prompt": "x"}, count=3)
    for _ in range(2):
        job = claim(slot)
        assert job is not None
        actions.finish(job, state="failed", error={"kind": "tool", "message": "no", "retryable": True})
    again = actions.retry_failed(actor=actor, batch=batch)
    assert sorted(job.batch_index for job in again) == [0, 1]
    assert actions.retry_failed(actor=actor, batch=batch) == []


@pytest.fixture
def mask(team: Team, bob: User, tmp_path: Path) -> Asset:
    """A picture that only Bob sees."""
    path = tmp_path / "mask.png"
    Image.new("L", (8, 8), 255).save(path)
    return gallery.add(team=team, author=bob, path=path, listed=False)


def test_a_teammate_repeats_a_job_on_its_authors_own_mask(
    submit: Callable[..., Job], mask: Asset, alice: User
) -> None:
    job = submit("test.invert", image=str(mask.pk))
    again = actions.retry(actor=Actor.of(alice), job=job)
    assert (again.author, again.inputs) == (alice, job.inputs)
    assert actions.retry(actor=Actor.of(alice), job=again).retry_of == again


def test_repeating_opens_nothing(submit: Callable[..., Job], mask: Asset, alice: User) -> None:
    actions.retry(actor=Actor.of(alice), job=submit("test.invert", image=str(mask.pk)))
    with pytest.raises(NotThere):
        gallery.get_visible(Actor.of(alice), mask.pk)
    with pytest.raises(InvalidInputs):
        submit("test.invert", user=alice, image=str(mask.pk))


def test_an_asset_of_a_team_that_one_is_not_in_is_not_repeated(
    submit: Callable[..., Job], mask: Asset, alice: User, bob: User
) -> None:
    Asset.objects.filter(pk=mask.pk).update(team=Team.objects.get(personal_of=bob))
    job = submit("test.invert", image=str(mask.pk))
    with pytest.raises(InvalidInputs):
        actions.retry(actor=Actor.of(alice), job=job)
    assert actions.retry(actor=Actor.of(bob), job=job).retry_of == job


def test_what_is_its_authors_alone_is_repeated_by_nobody_else(
    submit: Callable[..., Job], alice: User
) -> None:
    job = submit()
    Job.objects.filter(pk=job.pk).update(listed=False)
    job.refresh_from_db()
    with pytest.raises(NotThere):
        actions.retry(actor=Actor.of(alice), job=job)

"""The sweeper: lost leases come back, a poison job does not come back for ever, clock jumps lose nobody."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection, transaction

from studio.clock import db_now
from studio.feeds.models import Event
from studio.jobs import actions
from studio.jobs.actions import Slot, claim
from studio.jobs.models import Attempt, Batch, Job
from studio.jobs.sweeper import Sweeper, fold_ended, put_back_lost, tidy
from studio.teams.models import Team, User


def lose(job: Job) -> None:
    """The attempt's lease has ended a second ago."""
    Attempt.objects.filter(job=job, ended_at=None).update(lease_until=db_now() - timedelta(seconds=1))


def test_it_works(submit: Callable[..., Job], slot: Slot) -> None:
    submit()
    job = claim(slot)
    assert job is not None
    assert put_back_lost() == 0, "a live lease is left alone"
    lose(job)
    assert put_back_lost() == 1
    job.refresh_from_db()
    assert (job.state, job.crashes) == ("queued", 1)
    assert "stopped answering" in job.waiting_for
    again = claim(slot)
    assert again is not None
    assert (again.pk, again.attempt) == (job.pk, 2)


def test_three_lost_leases_are_the_end(submit: Callable[..., Job], slot: Slot) -> None:
    job = submit()
    for _ in range(3):
        taken = claim(slot)
        assert taken is not None
        lose(taken)
        put_back_lost()
    job.refresh_from_db()
    assert job.state == "failed"
    assert job.error is not None
    assert "three times" in job.error["message"]
    assert claim(slot) is None


def test_hand_backs_do_not_count(submit: Callable[..., Job], slot: Slot) -> None:
    job = submit()
    for _ in range(5):
        taken = claim(slot)
        assert taken is not None
        actions.hand_back(taken, reason="Its worker was restarted.")
    job.refresh_from_db()
    assert (job.state, job.crashes) == ("queued", 0)


def test_after_a_long_silence_of_its_own_leases_are_granted_first(
    submit: Callable[..., Job], slot: Slot
) -> None:
    submit()
    job = claim(slot)
    assert job is not None
    sweeper = Sweeper()
    Attempt.objects.filter(job=job).update(lease_until=db_now() - timedelta(milliseconds=200))
    sweeper._last_pass = time.monotonic() - 60
    sweeper._last_wall = time.time() - 60
    sweeper.tick()
    job.refresh_from_db()
    assert job.state == "running"


def test_a_jump_of_the_clock_loses_nobody(submit: Callable[..., Job], slot: Slot) -> None:
    submit()
    job = claim(slot)
    assert job is not None
    sweeper = Sweeper()
    Attempt.objects.filter(job=job).update(lease_until=db_now() - timedelta(milliseconds=200))
    sweeper._last_wall = time.time() - 3600
    sweeper.tick()
    job.refresh_from_db()
    assert job.state == "running"


@pytest.mark.parametrize("ahead", [timedelta(hours=-1), timedelta(hours=1)])
def test_leases_from_before_a_jump_are_measured_anew(
    ahead: timedelta, submit: Callable[..., Job], slot: Slot
) -> None:
    """The clock was set forward: the lease ended an hour ago; back: a dead worker would keep its job for an hour."""
    submit()
    job = claim(slot)
    assert job is not None
    sweeper = Sweeper()
    Attempt.objects.filter(job=job).update(lease_until=db_now() + ahead)
    sweeper._last_wall = time.time() + ahead.total_seconds()
    sweeper.tick()
    job.refresh_from_db()
    assert job.state == "running"
    lease = Attempt.objects.get(job=job).lease_until - db_now()
    assert timedelta(0) < lease <= timedelta(seconds=settings.LEASE)


@pytest.mark.django_db(transaction=True)
def test_a_pass_that_could_not_write_is_no_pass(submit: Callable[..., Job], slot: Slot) -> None:
    """While the database is away passes fail and beats do too: the first that works grants leases, takes none."""
    submit()
    job = claim(slot)
    assert job is not None
    lose(job)
    sweeper = Sweeper()
    sweeper._last_pass -= 1.0
    sweeper._last_wall -= 1.0
    holding, enough = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Job.objects.select_for_update().get(pk=job.pk)
            holding.set()
            enough.wait(30)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert holding.wait(10)
    with pytest.raises(OperationalError):
        sweeper.tick()
    enough.set()
    thread.join()
    sweeper.tick()
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("running", 1)


@pytest.mark.django_db(transaction=True)
def test_a_beat_that_was_kept_waiting_still_counts(submit: Callable[..., Job], slot: Slot) -> None:
    """Somebody holds the database past the end of a lease; beat and sweeper both wait, and the job keeps its attempt."""
    submit()
    job = claim(slot)
    assert job is not None
    lose(job)
    holding = threading.Event()

    def hold_and_beat() -> None:
        with transaction.atomic():
            Attempt.objects.select_for_update().get(job=job)
            holding.set()
            time.sleep(0.8)
            actions.beat(job)
        connection.close()

    thread = threading.Thread(target=hold_and_beat)
    thread.start()
    assert holding.wait(10)
    assert put_back_lost() == 0
    thread.join()
    job.refresh_from_db()
    assert (job.state, job.attempt, job.crashes) == ("running", 1, 0)


@pytest.mark.django_db(transaction=True)
def test_a_beat_that_comes_just_after_the_lock_counts_too(submit: Callable[..., Job], slot: Slot) -> None:
    """The database was held past the end of a lease and is free now; the sweeper happens to be first."""
    submit()
    job = claim(slot)
    assert job is not None
    lose(job)

    def beat() -> None:
        time.sleep(0.2)
        actions.beat(job)
        connection.close()

    thread = threading.Thread(target=beat)
    thread.start()
    Sweeper().tick()
    thread.join()
    job.refresh_from_db()
    assert (job.state, job.attempt, job.crashes) == ("running", 1, 0)


def test_tidy_takes_what_nobody_needs(team: Team, bob: User, submit: Callable[..., Job]) -> None:
    job = submit()
    Event.objects.filter(feed=f"team:{team.pk}").update(at=db_now() - timedelta(days=2))
    unopened = Batch.objects.create(
        team=team, author=bob, tool="test.paint", total=3, created_at=db_now() - timedelta(hours=2)
    )
    for key, hours in (("over", -1), ("on", 1)):
        Session.objects.create(session_key=key, expire_date=db_now() + timedelta(hours=hours))
    tidy()
    assert [session.session_key for session in Session.objects.all()] == ["on"]
    assert not Event.objects.filter(feed=f"team:{team.pk}").exists()
    assert Event.objects.filter(feed=f"job:{job.pk}").exists()
    assert not Batch.objects.filter(pk=unopened.pk).exists()


def test_a_week_after_the_end_the_events_fold(submit: Callable[..., Job], slot: Slot) -> None:
    done, waiting = submit(), submit()
    job = claim(slot)
    assert job is not None
    actions.finish(job, state="succeeded")
    long_ago = db_now() - timedelta(days=8)
    Event.objects.update(at=long_ago)
    Job.objects.filter(pk=done.pk).update(finished_at=long_ago)
    assert fold_ended() == 1
    assert not Event.objects.filter(feed=f"job:{done.pk}").exists()
    assert Event.objects.filter(feed=f"job:{waiting.pk}").exists()
    assert fold_ended() == 0

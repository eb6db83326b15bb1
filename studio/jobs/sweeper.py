"""The sweeper: puts back what a dead worker held, begins what has come to its time, rings for what waits, takes away what nobody needs, and once a minute
does what apps above this one have asked for (ports.py)."""

from __future__ import annotations

import logging
import time
import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import OperationalError, close_old_connections, connection, transaction

from studio.clock import db_now
from studio.feeds.actions import job_feed
from studio.feeds.models import Event
from studio.gallery import collector
from studio.jobs import ports
from studio.jobs.actions.finish import hand_back
from studio.jobs.actions.reschedule import begin_due
from studio.jobs.dispatch import ring
from studio.jobs.events import Fenced
from studio.jobs.models import FINAL, Attempt, Batch, IdempotencyKey, Job

log = logging.getLogger(__name__)

TEAM_EVENTS_KEPT = timedelta(days=1)
JOB_EVENTS_KEPT = timedelta(days=7)  # after the end; then the job's row is its snapshot
FOLD_AT_ONCE = 500
KEYS_KEPT = timedelta(days=2)
UNOPENED_KEPT = timedelta(hours=1)
COLLECT_S = 30.0  # the bin and unused blobs, half a second's work at a time
MINUTE_S = 60.0
HOURLY_S = 3600.0
SETTLE_S = 0.5
LOCKED_OUT_S = 0.5  # a wait for the database's lock in which beats were not written either
ROW_HELD_S = 0.05  # the same where rows are locked one by one: nobody holds a dead worker's


def put_back_lost(settle_s: float = 0.0) -> int:
    """Jobs whose attempt's lease has ended go back into the queue. Returns how many.

    settle_s: how long beats that wait for the database may still come, where somebody has held it until now.
    """
    began = time.monotonic()
    lost = Attempt.objects.filter(ended_at=None, lease_until__lt=db_now()).select_related("job")
    count = 0
    one_writer = connection.vendor == "sqlite"
    if settle_s and lost.exists():
        with transaction.atomic():  # on SQLite this waits until nobody else writes
            if time.monotonic() - began > LOCKED_OUT_S:
                grant_another_lease()  # whoever kept us from writing kept beats from being written
                return 0
        time.sleep(settle_s)
    for attempt in lost:
        job = attempt.job
        if job.state != "running" or job.attempt != attempt.number:
            Attempt.objects.filter(pk=attempt.pk).update(ended_at=db_now(), outcome="lost")
            continue
        began = time.monotonic()
        try:
            with transaction.atomic():
                Job.objects.select_for_update().filter(pk=job.pk).first()  # first, as in every other verb
                if time.monotonic() - began > (LOCKED_OUT_S if one_writer else ROW_HELD_S):
                    grant_another_lease()
                    return count
                ended = Attempt.objects.select_for_update().filter(pk=attempt.pk, lease_until__lt=db_now())
                if ended.first() is None:  # it has beaten meanwhile
                    continue
                hand_back(job, reason=f"The node {attempt.node} stopped answering.", crashed=True)
            count += 1
            log.warning(
                "job %s: lease of attempt %s on %s ended; it runs again", job.pk, attempt.number, attempt.node
            )
        except Fenced:
            continue
    return count


def grant_another_lease() -> None:
    """After a time in which beats could not be written, or a jump of the clock: nobody is lost for that.

    From now on, not from the lease's end: after a jump that end may lie an hour back, or an hour ahead.
    """
    Attempt.objects.filter(ended_at=None).update(lease_until=db_now() + timedelta(seconds=settings.LEASE))


def ring_waiting() -> None:
    """Once for each lane and device that has jobs waiting."""
    waiting = (
        Job.objects.filter(state="queued", ready=True).order_by().values_list("lane", "device").distinct()
    )
    for lane, device in waiting:
        ring(lane, device)


def fold_ended() -> int:
    """Drop the events of jobs that ended over a week ago; returns of how many jobs. Their rows say how they ended."""
    cutoff = db_now() - JOB_EVENTS_KEPT
    old = Event.objects.filter(feed__startswith="job:", n=1, at__lt=cutoff).order_by("at")
    ids = {uuid.UUID(feed.partition(":")[2]) for feed in old.values_list("feed", flat=True)[:FOLD_AT_ONCE]}
    ended = Job.objects.filter(pk__in=ids, state__in=FINAL, finished_at__lt=cutoff).values_list(
        "pk", flat=True
    )
    feeds = [job_feed(pk) for pk in ended]
    Event.objects.filter(feed__in=feeds).delete()
    return len(feeds)


def tidy() -> None:
    """Hourly: old team events and job events, old keys, rows of batches that never opened, sessions that have ended."""
    now = db_now()
    Event.objects.filter(feed__startswith="team:", at__lt=now - TEAM_EVENTS_KEPT).delete()
    while fold_ended() == FOLD_AT_ONCE:
        pass
    IdempotencyKey.objects.filter(created_at__lt=now - KEYS_KEPT).delete()
    Batch.objects.filter(open=False, created_at__lt=now - UNOPENED_KEPT).delete()
    Session.objects.filter(expire_date__lt=now).delete()


class Sweeper:
    """One pass a second. `tick` is one pass, for tests."""

    def __init__(self) -> None:
        self._last_pass = time.monotonic()
        self._last_wall = time.time()
        self._tidied = 0.0
        self._collect_at = 0.0
        self._minute_at = 0.0

    def tick(self) -> None:
        """A pass. Where the last one was long ago, or the clock has jumped, leases are granted first."""
        monotonic, wall = time.monotonic(), time.time()
        passed = monotonic - self._last_pass
        jumped = abs((wall - self._last_wall) - passed) > settings.LEASE / 2
        before = self._last_pass, self._last_wall
        self._last_pass, self._last_wall = monotonic, wall
        try:
            if jumped or passed > settings.SWEEP + settings.LEASE / 2:
                grant_another_lease()
            put_back_lost(SETTLE_S)
        except OperationalError:
            # While the database is away passes fail quickly, and beats are not written either.
            self._last_pass, self._last_wall = before
            raise
        begin_due()
        ring_waiting()
        if monotonic - self._tidied > HOURLY_S:
            self._tidied = monotonic
            tidy()
        if monotonic >= self._collect_at:
            # Looking for unused blobs reads all their rows, so it goes on soon only where there is more to do.
            self._collect_at = monotonic + (COLLECT_S if any(collector.tidy().values()) else HOURLY_S)
        if monotonic >= self._minute_at:
            self._minute_at = monotonic + MINUTE_S
            ports.minute()

    def run(self) -> None:
        """Until the process ends. A database that is busy or away is tried again; leases are granted after it."""
        while True:
            try:
                close_old_connections()
                self.tick()
            except OperationalError as error:
                log.warning("sweeper: %s; again in a second", error)
            except Exception:
                log.exception("sweeper: this pass failed; again in a second")
            time.sleep(settings.SWEEP)

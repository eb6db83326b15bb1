"""The one loop: claim, run, record, store, finish. No Celery in it."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import OperationalError, close_old_connections, connection

from studio.gallery.probe import Unreadable
from studio.jobs import actions
from studio.jobs.actions.claim import claim, moved
from studio.jobs.actions.company import company, counted
from studio.jobs.dispatch import ring
from studio.jobs.events import Fenced
from studio.jobs.models import Job
from studio.jobs.needs import is_short
from studio.logs import about_job
from studio.problems import Busy, Problem
from workers.node import ThisNode
from workers.orders import order_for
from workers.process import ChildGone
from workers.run import Run, Verdict
from workers.slots import Slot
from workers.together import Company, Seat

log = logging.getLogger(__name__)
T = TypeVar("T")

stopping = threading.Event()
STOP_GRACE_S = 5.0
PERSIST_FOR_S = 60.0


def persist(call: Callable[[], T], for_s: float = PERSIST_FOR_S) -> T:
    """`call()`, again and again while the database or the files' store is busy or away, for up to `for_s` seconds."""
    until = time.monotonic() + for_s
    while True:
        try:
            return call()
        except (OperationalError, Busy) as error:
            if time.monotonic() > until:
                raise
            log.warning("the database or the store is busy or away (%s); again in half a second", error)
            close_old_connections()
            time.sleep(0.5)


def work(node: ThisNode, lane: str) -> None:
    """Take a free slot of the lane and run jobs on it until none waits."""
    slot = node.slots.take(lane)
    if slot is None:
        return
    try:
        while not stopping.is_set():
            close_old_connections()
            job = persist(partial(claim, node.slots.view(slot, node.name)))
            if job is not None:
                claimed_for, slot = slot, node.slots.nearest(slot, job.model_digest, short=is_short(job))
                with about_job(job.pk):
                    if slot is not claimed_for:
                        persist(partial(moved, job, slot.name))
                        ring(lane, "any")  # for the slot that is free again
                    run_claimed(node, slot, job)
            elif node.slots.release(slot):
                return
    finally:
        node.slots.release(slot, force=True)
        close_old_connections()


def run_claimed(node: ThisNode, slot: Slot, job: Job) -> None:
    """A job that was claimed, with those that are worth running in one go with it."""
    slot.job = str(job.pk)
    try:
        jobs = [job, *company(job, node.slots.view(slot, node.name))]
        if len(jobs) == 1:
            run_job(node, slot, job)
        else:
            run_together(node, slot, jobs)
    finally:
        node.slots.done(slot, job.model_digest)


def run_together(node: ThisNode, slot: Slot, jobs: list[Job]) -> None:
    """Each on a thread of its own, as it would run alone, but for the child that they share."""
    together = Company(node, slot, jobs)

    def one(job: Job, seat: Seat) -> None:
        try:
            with about_job(job.pk):
                run_job(node, slot, job, seat)
        finally:
            close_old_connections()
            connection.close()

    threads = [
        threading.Thread(target=one, args=pair, name=f"job-{pair[0].pk}", daemon=True)
        for pair in zip(jobs, together.seats, strict=True)
    ]
    persist(partial(counted, jobs))
    for thread in threads:
        thread.start()
    try:
        together.run()
    finally:
        for thread in threads:
            thread.join()
        for job in jobs:  # not before: the child writes for one that has left as well
            shutil.rmtree(scratch_of(job), ignore_errors=True)


def run_job(node: ThisNode, slot: Slot, job: Job, seat: Seat | None = None) -> None:
    """One attempt, from claim to its end. Whatever happens here, the job ends or goes back into the queue.

    seat: its place where several run in one go; what goes wrong for one leaves the child to the others.
    """
    scratch = scratch_of(job)
    let_go = seat.kill if seat else slot.drop_child
    began = time.monotonic()
    try:
        scratch.mkdir(parents=True)
        evict = [] if seat else node.slots.make_room(slot, job.model_digest, job.memory_bytes)
        prepare = partial(order_for, job, scratch, node=node, slot=slot, evict=evict)
        run = Run(node, slot, job, prepare, stopping=stopping, persist=persist, seat=seat)
        verdict = run.go()
        log.info("%s: %s", job.tool, verdict.how, extra={"facts": {"attempt": job.attempt}})
        conclude(job, verdict)
        if verdict.how == "done" and seat is None:
            node.measured(
                f"{job.tool}|{job.model_digest}", job.work, time.monotonic() - began - verdict.load_s
            )
    except Fenced:
        log.info("job %s: attempt %s no longer owns it", job.pk, job.attempt)
        let_go()
    except (
        Busy
    ) as busy:  # the bucket, for more than a minute: no fault of the job's, which waits until it is back
        let_go()
        conclude(job, Verdict("stopping", message=busy.detail))
    except Problem as problem:
        let_go()  # it may be in the middle of the run
        fail(job, problem.type, problem.detail, retryable=True)
    except Unreadable as error:  # the same inputs would make the same file again
        let_go()
        fail(job, "unreadable", f"The tool made a file that cannot be read: {error}", retryable=False)
    except ChildGone as error:
        conclude(job, Verdict("crashed", message=str(error)))
    except Exception as error:
        log.exception("job %s: the runner failed", job.pk)
        let_go()
        conclude(job, Verdict("crashed", message=f"{type(error).__name__}: {error}"))
    finally:
        if seat:
            seat.kill()  # the others wait for nobody who has gone
        else:
            shutil.rmtree(scratch, ignore_errors=True)


def scratch_of(job: Job) -> Path:
    """The folder of this attempt's files."""
    return Path(settings.SCRATCH) / f"{job.pk.hex}-{job.attempt}"


def conclude(job: Job, verdict: Verdict) -> None:
    """Turn how the run ended into the job's state. What cannot be written now, the lease's end will mend."""
    try:
        if verdict.how == "done":
            persist(lambda: actions.finish(job, state="succeeded", energy_wh=verdict.energy_wh))
        elif verdict.how == "cancelled":
            persist(lambda: actions.finish(job, state="cancelled", energy_wh=verdict.energy_wh))
        elif verdict.how == "failed":
            error = {"kind": verdict.kind, "message": verdict.message, "retryable": verdict.retryable}
            persist(lambda: actions.finish(job, state="failed", error=error, energy_wh=verdict.energy_wh))
        elif verdict.how == "stopping":
            reason = verdict.message or "Its worker was restarted."
            persist(lambda: actions.hand_back(job, reason=reason))
        else:
            persist(lambda: actions.hand_back(job, reason=verdict.message, crashed=True))
    except Fenced:
        log.info("job %s: attempt %s had lost it at the end", job.pk, job.attempt)


def fail(job: Job, kind: str, message: str, *, retryable: bool) -> None:
    conclude(job, Verdict("failed", kind=kind, message=message, retryable=retryable))


def end_children_after_grace(node: ThisNode) -> None:
    """A worker that stops waits a few seconds for children to stop at their next yield, then ends them."""
    until = time.monotonic() + STOP_GRACE_S
    while time.monotonic() < until and any(slot.job for slot in node.slots.all):
        time.sleep(0.1)
    node.slots.close()


def clear_scratch() -> None:
    """At start: folders that a killed worker of this machine left more than an hour ago."""
    root = Path(settings.SCRATCH)
    root.mkdir(parents=True, exist_ok=True)
    old = time.time() - 3600
    for folder in root.iterdir():
        if folder.is_dir() and folder.stat().st_mtime < old:
            shutil.rmtree(folder, ignore_errors=True)

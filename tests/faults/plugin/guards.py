"""Guards that a test can switch off, to see that the checker finds what they hold back. See tokens.broken."""

from __future__ import annotations

from functools import wraps
from typing import Any

from tests.faults.plugin.patch import Function, around
from tests.faults.plugin.points import role
from tests.faults.plugin.tokens import broken


def install() -> None:
    match role():
        case "worker":
            around("studio.jobs.events", "number", _unfenced)
            around("studio.jobs.actions", "beat", _never_fenced)
            around("studio.jobs.actions.finish", "cancel_asked", _never_fenced)
            around("workers.run", "Run._store", _acked_early)
            around("workers.runner", "conclude", _acked_once, everywhere=True)
        case "sweeper":
            around("studio.jobs.sweeper", "put_back_lost", _asleep)


def _unfenced(number: Function) -> Function:
    """Without the fence: any attempt, also a lost one, writes to its job."""

    @wraps(number)
    def wrapped(job: Any, **changes: Any) -> int:
        if not (broken("fencing") or broken("early-ack")):
            return int(number(job, **changes))
        from django.db.models import F

        from studio.jobs.models import Job

        Job.objects.filter(pk=job.pk).update(last_n=F("last_n") + 1, **changes)
        return Job.objects.values_list("last_n", flat=True).get(pk=job.pk)

    return wrapped


def _never_fenced(beat: Function) -> Function:
    @wraps(beat)
    def wrapped(job: Any) -> bool:
        return False if broken("fencing") else bool(beat(job))

    return wrapped


def _acked_early(store: Function) -> Function:
    """The job counts as done before what it made is kept, as a queue with early acknowledgement has it."""

    @wraps(store)
    def wrapped(run: Any, word: Any) -> None:
        if broken("early-ack"):
            from studio.jobs import actions

            actions.finish(run.job, state="succeeded")
            run.job.acked_early = True
        store(run, word)

    return wrapped


def _acked_once(conclude: Function) -> Function:
    @wraps(conclude)
    def wrapped(job: Any, verdict: Any) -> None:
        if not getattr(job, "acked_early", False):
            conclude(job, verdict)

    return wrapped


def _asleep(put_back: Function) -> Function:
    @wraps(put_back)
    def wrapped(settle_s: float = 0.0) -> int:
        return 0 if broken("sweeper") else int(put_back(settle_s))

    return wrapped

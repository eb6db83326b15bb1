"""kill -9 of the child, and of the worker, in the middle of a job: it runs again within 15 s, with one asset."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

import httpx
import psutil
import pytest

from tests.stack import Stack
from tests.workers.helpers import events_of, final_states, job_of, submit, wait_for

AGAIN_WITHIN_S = 15.0


def children(stack: Stack) -> list[psutil.Process]:
    """The generation processes of the stack's worker."""
    found = []
    for child in psutil.Process(stack.pid("worker")).children():
        with suppress(psutil.NoSuchProcess):  # it ended while we looked
            if "workers.child" in " ".join(child.cmdline()):
                found.append(child)
    return found


def begun(api: httpx.Client) -> str:
    """A job of about two seconds that has shown some progress."""
    job = submit(api, "test.paint", prompt="x", steps=40, pause_ms=50)
    until = time.monotonic() + 20
    while not 0.1 < job_of(api, job["id"])["progress"] < 0.9:
        assert time.monotonic() < until
        time.sleep(0.02)
    return str(job["id"])


def check(api: httpx.Client, job_id: str, killed_at: float) -> None:
    until = killed_at + AGAIN_WITHIN_S
    while job_of(api, job_id)["attempts"] < 2:
        assert time.monotonic() < until, "it does not run again"
        time.sleep(0.05)
    job = wait_for(api, job_id, seconds=30)
    assert job["state"] == "succeeded"
    assert len(job["assets"]) == 1
    events = events_of(api, job_id)
    assert final_states(events) == ["succeeded"]
    assert [event["attempt"] for event in events] == sorted(event["attempt"] for event in events)


def test_the_child(api: httpx.Client, stack: Stack) -> None:
    job_id = begun(api)
    for child in children(stack):
        child.kill()
    check(api, job_id, time.monotonic())


@pytest.mark.slow
def test_the_worker_and_no_child_is_left(api: httpx.Client, stack: Stack) -> None:
    job_id = begun(api)
    orphans = children(stack)
    stack.kill("worker")
    killed_at = time.monotonic()
    check(api, job_id, killed_at)
    assert not [child for child in orphans if child.is_running()]


@pytest.mark.slow
def test_a_zombie_that_wakes_publishes_nothing_twice(api: httpx.Client, stack: Stack) -> None:
    """SIGSTOP longer than the lease: another attempt takes over; what wakes up is fenced."""
    job_id = begun(api)
    worker = stack.pid("worker")
    os.kill(worker, signal.SIGSTOP)
    try:
        until = time.monotonic() + AGAIN_WITHIN_S
        while job_of(api, job_id)["state"] == "running":
            assert time.monotonic() < until
            time.sleep(0.05)
    finally:
        os.kill(worker, signal.SIGCONT)
    job = wait_for(api, job_id, seconds=30)
    assert (job["state"], len(job["assets"])) == ("succeeded", 1)
    assert final_states(events_of(api, job_id)) == ["succeeded"]

"""Asking the running studio over its API, as any outside program would."""

from __future__ import annotations

import time
from typing import Any

import httpx


def submit(api: httpx.Client, tool: str, **inputs: Any) -> dict[str, Any]:
    answer = api.post("/api/v1/jobs", json={"tool": tool, "inputs": inputs})
    assert answer.status_code == 201, answer.text
    job: dict[str, Any] = answer.json()
    return job


def job_of(api: httpx.Client, job_id: str) -> dict[str, Any]:
    job: dict[str, Any] = api.get(f"/api/v1/jobs/{job_id}").raise_for_status().json()
    return job


def wait_for(api: httpx.Client, job_id: str, *states: str, seconds: float = 90.0) -> dict[str, Any]:
    """The job once it is in one of the states (default: ended)."""
    wanted = states or ("succeeded", "failed", "cancelled")
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        job = job_of(api, job_id)
        if job["state"] in wanted:
            return job
        time.sleep(0.05)
    raise AssertionError(f"after {seconds} s the job is {job['state']}: {job['error'] or job['waiting_for']}")


def events_of(api: httpx.Client, job_id: str) -> list[dict[str, Any]]:
    """All events so far; fails where their numbers have a gap."""
    events: list[dict[str, Any]] = []
    while True:
        answer = (
            api.get(f"/api/v1/jobs/{job_id}/events", params={"after": len(events)}).raise_for_status().json()
        )
        if not answer["events"]:
            return events
        events += answer["events"]
        assert [event["n"] for event in events] == list(range(1, len(events) + 1))


def final_states(events: list[dict[str, Any]]) -> list[str]:
    return [event["state"] for event in events if event["kind"] == "state" and event.get("final")]

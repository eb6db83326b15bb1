"""Jobs in one go through a real worker and child: each has its own progress, its own end, and its asset once."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.stack import Stack
from tests.workers.helpers import events_of, final_states, job_of, submit, wait_for

Batch = Callable[..., list[str]]


@pytest.fixture
def batch(api: httpx.Client) -> Batch:
    """batch(["a", "b"], steps=…): the ids of jobs that are asked for at once, when a worker knows how long one takes."""
    until = time.monotonic() + 60
    while time.monotonic() < until:  # the first one waits for its child to start, which is no measure
        wait_for(api, submit(api, "test.sing", prompt="alone", steps=1, pause_ms=1)["id"])
        if _seconds(api) < 1:
            break

    def make(prompts: list[str], **inputs: Any) -> list[str]:
        asked = {"tool": "test.sing", "inputs": inputs, "items": [{"prompt": each} for each in prompts]}
        answer = api.post("/api/v1/batches", json=asked)
        assert answer.status_code == 201, answer.text
        found = api.get("/api/v1/jobs", params={"batch": answer.json()["id"]}).raise_for_status().json()
        return sorted(job["id"] for job in found["items"])

    return make


def _seconds(api: httpx.Client) -> float:
    """How long a song takes, as the node has reported; at ten seconds a song nothing has company."""
    asked = {"tool": "test.sing", "inputs": {"prompt": "x"}, "count": 1}
    plan = api.post("/api/v1/batches?dry_run=1", json=asked).raise_for_status().json()
    return float(plan["time_s"]) if plan["time_by"] == "nodes" else 1000.0


def voices(api: httpx.Client, job: dict[str, Any]) -> int:
    """How many sang with it; fails where it has not exactly one asset."""
    (asset,) = job["assets"]
    found: int = api.get(f"/api/v1/assets/{asset['id']}").json()["facts"]["voices"]
    return found


def test_it_works(api: httpx.Client, batch: Batch) -> None:
    jobs = batch([f"song {n}" for n in range(6)], steps=8, pause_ms=40, seed=7)
    ended = [wait_for(api, job) for job in jobs]
    assert {(job["state"], job["attempts"], job["progress"]) for job in ended} == {("succeeded", 1, 1.0)}
    assert max(voices(api, job) for job in ended) > 1
    for job in jobs:
        events = events_of(api, job)
        assert final_states(events) == ["succeeded"]
        steps = [event["step"] for event in events if event["kind"] == "progress"]
        assert steps == sorted(steps)
        assert steps[-1] == 8
        assert sum(event["kind"] == "asset" for event in events) == 1


def test_one_that_is_cancelled_leaves_the_others(api: httpx.Client, batch: Batch) -> None:
    jobs = batch([f"song {n}" for n in range(4)], steps=60, pause_ms=50)
    for job in jobs:
        wait_for(api, job, "running")
    began = time.monotonic()
    assert api.post(f"/api/v1/jobs/{jobs[1]}/cancel").status_code == 202
    assert wait_for(api, jobs[1])["state"] == "cancelled"
    assert time.monotonic() - began < 2.5, "as soon as one that runs alone"
    assert job_of(api, jobs[0])["state"] == "running"
    ended = [wait_for(api, job) for job in jobs if job != jobs[1]]
    assert {(job["state"], job["attempts"]) for job in ended} == {("succeeded", 1)}
    assert max(voices(api, job) for job in ended) > 1
    assert job_of(api, jobs[1])["assets"] == []
    assert final_states(events_of(api, jobs[1])) == ["cancelled"]


def test_all_are_cancelled(api: httpx.Client, batch: Batch) -> None:
    jobs = batch([f"song {n}" for n in range(4)], steps=600, pause_ms=50)
    for job in jobs:
        wait_for(api, job, "running")
    for job in jobs:
        api.post(f"/api/v1/jobs/{job}/cancel")
    assert {wait_for(api, job)["state"] for job in jobs} == {"cancelled"}
    after = wait_for(api, submit(api, "test.sing", prompt="after", steps=1)["id"], seconds=8)
    assert after["state"] == "succeeded"


@pytest.mark.parametrize(
    "prompt",
    [
        "die in company",
        pytest.param("die", marks=pytest.mark.slow),
        pytest.param("refuse", marks=pytest.mark.slow),
    ],
)
def test_what_goes_wrong_in_company_goes_on_alone(prompt: str, api: httpx.Client, batch: Batch) -> None:
    jobs = batch(["song 0", prompt, "song 1", "song 2", "song 3", "song 4"], steps=6, pause_ms=60)
    ended = [wait_for(api, job, seconds=90) for job in jobs]
    culprit, others = ended[1], [ended[0], *ended[2:]]
    assert {job["state"] for job in others} == {"succeeded"}
    assert all(voices(api, job) == 1 for job in others if job["attempts"] == 2)
    assert max(job["attempts"] for job in others) <= 2
    if prompt == "die in company":
        assert (culprit["state"], culprit["attempts"]) == ("succeeded", 2)
    elif prompt == "die":
        assert (culprit["state"], culprit["error"]["kind"]) == ("failed", "crashed")
        assert culprit["attempts"] == 4, "three times alone"
    else:
        assert (culprit["state"], culprit["error"]["kind"], culprit["attempts"]) == ("failed", "dislike", 2)
    for job in jobs:
        assert len(final_states(events_of(api, job))) == 1


def test_a_killed_worker(api: httpx.Client, batch: Batch, stack: Stack) -> None:
    jobs = batch([f"song {n}" for n in range(4)], steps=60, pause_ms=50)
    for job in jobs:
        wait_for(api, job, "running")
    stack.kill("worker")
    ended = [wait_for(api, job, seconds=90) for job in jobs]
    assert {job["state"] for job in ended} == {"succeeded"}
    assert {job["attempts"] for job in ended} == {2}
    assert {voices(api, job) for job in ended} == {1}

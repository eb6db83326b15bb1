"""On the running studio: what waits for a time begins by itself, and a chain goes from step to step."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.api.test_follow import submit, wait

QUICK: dict[str, Any] = {"steps": {"kind": "kept", "value": 1}, "pause_ms": {"kind": "kept", "value": 0}}


def test_what_waits_for_a_time_begins_by_itself(live: httpx.Client) -> None:
    at = datetime.now(UTC) + timedelta(seconds=2)
    job = submit(live, {"tool": "test.nothing", "when": at.isoformat()})
    ended = wait(live, job)
    assert ended["state"] == "succeeded"
    assert datetime.fromisoformat(ended["started_at"]) >= at


def test_what_runs_when_idle_runs(live: httpx.Client) -> None:
    ended = wait(live, submit(live, {"tool": "test.nothing", "when": "idle"}))
    assert (ended["state"], ended["idle"]) == ("succeeded", True)


def test_words_become_a_picture_and_its_negative(live: httpx.Client) -> None:
    steps = [
        {"tool": "test.echo", "inputs": {"prompt": {"kind": "blank", "value": "a lamp"}}},
        {"tool": "test.paint", "inputs": {"prompt": {"kind": "text", "step": 1}, **QUICK}},
        {"tool": "test.invert", "inputs": {"image": {"kind": "asset", "step": 2}}},
    ]
    chain = live.post("/api/v1/chains", json={"name": "Told and shown", "steps": steps})
    assert chain.status_code == 201, chain.text

    def begin(word: str) -> httpx.Response:
        address, key = f"/api/v1/chains/{chain.json()['id']}/run", {"Idempotency-Key": chain.json()["id"]}
        return live.post(address, json={"values": {"1.prompt": word}}, headers=key)

    begun = begin("two boats")
    assert begun.status_code == 201, begun.text
    assert begin("two boats").json()["id"] == begun.json()["id"], "the answer was lost, so it is asked again"
    other = begin("a boat")
    assert (other.status_code, other.json()["type"]) == (409, "/problems/conflict")
    run, end = begun.json(), time.monotonic() + 60
    while run["state"] == "running" and time.monotonic() < end:
        waiting = [step["job"] for step in run["steps"] if step["job"]]
        wait(live, waiting[-1])
        run = live.get(f"/api/v1/chains/runs/{run['id']}").json()
    assert (run["state"], run["why"]) == ("succeeded", None)
    assert begin("two boats").json()["id"] == run["id"]
    [told] = [one for one in live.get("/api/v1/notices").json()["items"] if run["id"] in one["link"]]
    assert (told["kind"], told["title"]) == ("chain.succeeded", "“Told and shown” is done")
    painted = live.get(f"/api/v1/jobs/{run['steps'][1]['job']}").json()
    assert painted["inputs"]["prompt"] == "two boats"
    negative = live.get(f"/api/v1/jobs/{run['steps'][2]['job']}").json()
    assert negative["inputs"]["image"] == painted["assets"][0]["id"]

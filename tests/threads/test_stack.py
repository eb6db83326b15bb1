"""A talk with the model that comes with the studio, over the running stack."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from tests.workers.helpers import events_of, wait_for


def say(
    api: httpx.Client, thread: str, prompt: str, parent: str | None = None, **inputs: Any
) -> dict[str, Any]:
    body = {"prompt": prompt, "parent": parent, "inputs": {"model": "smollm2-135m", **inputs}}
    answer = api.post(f"/api/v1/threads/{thread}/turns", json=body)
    assert answer.status_code == 201, answer.text
    turn: dict[str, Any] = answer.json()["turn"]
    return turn


def turns(api: httpx.Client, thread: str) -> dict[str, dict[str, Any]]:
    whole = api.get(f"/api/v1/threads/{thread}").raise_for_status().json()
    return {turn["id"]: turn for turn in whole["turns"]}


@pytest.fixture
def thread(api: httpx.Client) -> str:
    return str(api.post("/api/v1/threads", json={}).raise_for_status().json()["id"])


def test_a_talk_goes_on(api: httpx.Client, thread: str) -> None:
    first = say(api, thread, "Name a colour of the sea.", max_tokens=16, seed=5)
    assert wait_for(api, first["job"], seconds=60)["state"] == "succeeded"
    tokens = [event["text"] for event in events_of(api, first["job"]) if event["kind"] == "token"]
    told = turns(api, thread)[first["id"]]
    assert told["text"] == "".join(tokens)
    assert told["text"].strip()
    second = say(api, thread, "And another?", first["id"], max_tokens=8)
    job = wait_for(api, second["job"], seconds=60)
    assert job["state"] == "succeeded"
    assert job["inputs"]["messages"][1] == {"role": "assistant", "content": told["text"]}


def test_what_was_written_before_a_stop_stays(api: httpx.Client, thread: str) -> None:
    turn = say(api, thread, "Tell me a very long story about the sea.", max_tokens=2000, seed=2)
    until = time.monotonic() + 60
    while not any(event["kind"] == "token" for event in events_of(api, turn["job"])):
        assert time.monotonic() < until, "nothing is written"
        time.sleep(0.05)
    api.post(f"/api/v1/jobs/{turn['job']}/cancel").raise_for_status()
    asked = time.monotonic()
    assert wait_for(api, turn["job"])["state"] == "cancelled"
    assert time.monotonic() - asked < 5
    told = turns(api, thread)[turn["id"]]
    assert told["state"] == "cancelled"
    assert told["text"].strip()
    assert told["asset"] is None

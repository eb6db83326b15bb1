"""Following a job on the running studio: long poll, stream, preview; a batch's zip."""

from __future__ import annotations

import io
import json
import threading
import time
import zipfile
from typing import Any

import httpx
import pytest

SLOW = {"tool": "test.paint", "inputs": {"prompt": "a lamp", "steps": 8, "pause_ms": 60, "seed": 7}}


def submit(live: httpx.Client, body: dict[str, Any] = SLOW) -> str:
    made = live.post("/api/v1/jobs", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def wait(live: httpx.Client, job: str, seconds: float = 30) -> dict[str, Any]:
    """The job when it has ended."""
    after, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        found = live.get(f"/api/v1/jobs/{job}/events", params={"after": after, "wait": 5}).json()
        after = found["events"][-1]["n"] if found["events"] else after
        if found["final"]:
            ended: dict[str, Any] = live.get(f"/api/v1/jobs/{job}").json()
            return ended
    raise AssertionError("the job did not end")


def messages(response: httpx.Response) -> list[dict[str, str]]:
    """Server-sent events as their fields."""
    found: list[dict[str, str]] = []
    now: dict[str, str] = {}
    for line in response.iter_lines():
        if not line:
            if now:
                found.append(now)
            now = {}
        elif not line.startswith(":"):
            name, _colon, value = line.partition(": ")
            now[name] = value
    return found


def test_the_stream_is_what_the_long_poll_says(live: httpx.Client) -> None:
    job = submit(live)
    with live.stream("GET", f"/api/v1/jobs/{job}/stream") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        told = messages(response)
    events = [json.loads(message["data"]) for message in told if "id" in message]
    stored = live.get(f"/api/v1/jobs/{job}/events").json()
    assert stored["final"] is True
    assert events == stored["events"]
    assert [event["n"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["state"] == "succeeded"
    previews = [message for message in told if message.get("event") == "preview"]
    assert previews
    assert all("id" not in message for message in previews)
    frame = live.get(json.loads(previews[-1]["data"])["url"])
    assert frame.headers["content-type"].startswith("image/")


def test_a_reader_that_comes_back_goes_on_where_it_was(live: httpx.Client) -> None:
    job = submit(live)
    last = wait(live, job)["last_n"]
    with live.stream("GET", f"/api/v1/jobs/{job}/stream?after=1", headers={"Last-Event-ID": "3"}) as response:
        ids = [int(message["id"]) for message in messages(response) if "id" in message]
    assert ids == list(range(4, last + 1))
    # Nothing comes any more: 204 tells an EventSource to stay away.
    assert live.get(f"/api/v1/jobs/{job}/stream", headers={"Last-Event-ID": str(last)}).status_code == 204


def test_the_long_poll_answers_as_soon_as_there_is_something(live: httpx.Client) -> None:
    job = submit(live, {"tool": "test.paint", "inputs": {"prompt": "x", "steps": 1, "pause_ms": 1500}})
    seen = live.get(f"/api/v1/jobs/{job}/events").json()["events"]
    begun = time.monotonic()
    found = live.get(f"/api/v1/jobs/{job}/events", params={"after": seen[-1]["n"], "wait": 10}).json()
    assert found["events"]
    assert found["events"][0]["n"] == seen[-1]["n"] + 1
    assert time.monotonic() - begun < 8
    wait(live, job)
    begun = time.monotonic()
    over = live.get(f"/api/v1/jobs/{job}/events", params={"after": 99, "wait": 10}).json()
    assert over == {"events": [], "final": True}
    assert time.monotonic() - begun < 2


def test_no_preview_is_a_404(live: httpx.Client) -> None:
    job = submit(live, {"tool": "test.nothing", "inputs": {}})
    wait(live, job)
    assert live.get(f"/api/v1/jobs/{job}/preview").status_code == 404


def test_a_stream_that_is_left_leaves_the_job_alone(live: httpx.Client) -> None:
    job = submit(live)
    with live.stream("GET", f"/api/v1/jobs/{job}/stream") as response:
        next(response.iter_lines())
    assert wait(live, job)["state"] == "succeeded"


def test_many_readers_of_one_job(live: httpx.Client) -> None:
    job = submit(live)
    told: list[int] = []

    def read() -> None:
        with live.stream("GET", f"/api/v1/jobs/{job}/stream") as response:
            told.append(sum("id" in message for message in messages(response)))

    readers = [threading.Thread(target=read) for _n in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(30)
    assert told == [wait(live, job)["last_n"]] * 8


def test_what_a_job_makes_comes_with_the_api(live: httpx.Client) -> None:
    job = wait(live, submit(live, {"tool": "test.echo", "inputs": {"prompt": "one two three"}}))
    assert job["progress"] == 1
    asset = live.get(f"/api/v1/assets/{job['assets'][0]['id']}").json()
    assert asset["medium"] == "text"
    assert live.get(asset["urls"]["content"]).text == "one two three"


@pytest.mark.parametrize("how", ["raise", "refuse"])
def test_an_error_is_told_in_words(live: httpx.Client, how: str) -> None:
    job = wait(live, submit(live, {"tool": "test.misbehave", "inputs": {"how": how}}))
    assert job["state"] == "failed"
    assert set(job["error"]) >= {"kind", "message", "retryable"}
    assert job["error"]["message"]


def test_a_batch_comes_as_a_zip(live: httpx.Client) -> None:
    body = {"tool": "test.paint", "inputs": {"prompt": "a lamp", "steps": 1, "seed": 1}, "count": 3}
    batch = live.post("/api/v1/batches", json=body).json()["id"]
    for job in live.get("/api/v1/jobs", params={"batch": batch}).json()["items"]:
        wait(live, job["id"])
    answer = live.get(f"/api/v1/batches/{batch}/export")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        facts = [json.loads(line) for line in archive.read("facts.jsonl").splitlines()]
    assert names == ["00001-0-a-lamp.png", "00002-0-a-lamp.png", "00003-0-a-lamp.png", "facts.jsonl"]
    assert [line["facts"]["inputs"]["seed"] for line in facts] == [1, 2, 3]


def test_the_parts_answer(live: httpx.Client) -> None:
    assert live.get("/healthz").json() == {"ok": True}
    ready = live.get("/readyz").json()
    assert ready["ok"] is True
    assert {"database", "redis", "worker"} == set(ready["parts"])

"""Rows of the contract that need the whole studio; see test_contract_map.py for where each is."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.api.test_follow import messages, submit, wait
from tests.feeds.test_sockets import open_socket
from tests.stack import Stack

JOB = (
    "id state tool tool_version inputs model progress eta_s waiting_for attempts error assets retry_of batch created_at"
    " started_at finished_at wait_s run_s energy_wh"
)
NOTHING: dict[str, Any] = {"tool": "test.nothing", "inputs": {}}


@contextmanager
def rows_of(stack: Stack) -> Iterator[sqlite3.Connection]:
    """The database of the running studio, to do to it at once what the sweeper does in a week."""
    database = sqlite3.connect(stack.data / "studio.sqlite3", timeout=20)
    try:
        with database:
            yield database
    finally:
        database.close()


def test_a_job_that_has_run_has_all_of_its_fields(live: httpx.Client) -> None:
    asked = {"prompt": "A lamp", "seed": 7, "max_tokens": 2}
    job = wait(live, submit(live, {"tool": "text.write", "inputs": asked}), seconds=120)
    assert set(JOB.split()) <= job.keys()
    assert (job["state"], job["progress"], job["attempts"], job["error"]) == ("succeeded", 1, 1, None)
    assert asked.items() <= job["inputs"].items()
    assert job["inputs"]["model"] == job["model"]["name"]  # as resolved
    assert job["model"]["digest"].startswith("sha256:")
    [asset] = job["assets"]
    assert (asset["index"], live.get(f"/api/v1/assets/{asset['id']}").json()["job"]) == (0, job["id"])
    made, begun, ended = (
        datetime.fromisoformat(job[name]) for name in ("created_at", "started_at", "finished_at")
    )
    assert made.tzinfo == begun.tzinfo == ended.tzinfo == UTC
    assert made <= begun <= ended
    assert job["wait_s"] == pytest.approx((begun - made).total_seconds(), abs=0.002)
    assert job["run_s"] == pytest.approx((ended - begun).total_seconds(), abs=0.002)
    again = live.post(f"/api/v1/jobs/{job['id']}/retry")
    assert (again.status_code, again.json()["retry_of"]) == (201, job["id"])
    assert again.json()["inputs"] == job["inputs"]
    live.post(f"/api/v1/jobs/{again.json()['id']}/cancel")


def test_a_batchs_socket_tells_of_its_jobs_alone(live: httpx.Client, stack: Stack) -> None:
    batch = live.post("/api/v1/batches", json=NOTHING | {"count": 2}).json()["id"]
    members = {job["id"] for job in live.get("/api/v1/jobs", params={"batch": batch}).json()["items"]}
    wait(live, submit(live, NOTHING))  # another job, on the same feed of the team
    told: list[dict[str, Any]] = []
    with open_socket(stack, f"/ws/batches/{batch}?after=0", live) as socket:
        while {event["job"] for event in told if event.get("state") == "succeeded"} != members:
            told.append(json.loads(socket.recv(timeout=30)))
    assert {event["batch"] for event in told} == {batch}
    numbers = [event["n"] for event in told]
    assert numbers == sorted(set(numbers))


def test_events_that_are_no_longer_kept_are_a_reset_and_a_snapshot(live: httpx.Client, stack: Stack) -> None:
    job = wait(live, submit(live, NOTHING))
    batch = live.post("/api/v1/batches", json=NOTHING | {"count": 2}).json()["id"]
    for one in live.get("/api/v1/jobs", params={"batch": batch}).json()["items"]:
        wait(live, one["id"])
    with rows_of(stack) as database:
        for feed in (f"job:{job['id']}", f"team:{job['team']}"):
            assert database.execute("DELETE FROM feeds_event WHERE feed = ?", [feed]).rowcount > 0
    for path in (f"jobs/{job['id']}?after=0", f"batches/{batch}?after=1", f"team/{job['team']}?after=1"):
        with open_socket(stack, f"/ws/{path}", live) as socket:
            assert json.loads(socket.recv(timeout=30)) == {"reset": True}, path
    with live.stream("GET", f"/api/v1/jobs/{job['id']}/stream") as response:
        [told] = messages(response)
    assert (told["event"], told["id"]) == ("snapshot", str(job["last_n"]))
    assert json.loads(told["data"]) == job
    back = live.get(f"/api/v1/jobs/{job['id']}/stream", headers={"Last-Event-ID": told["id"]})
    assert back.status_code == 204
    # What comes after is told as ever.
    with open_socket(stack, f"/ws/team/{job['team']}", live) as socket:
        new = submit(live, NOTHING)
        assert json.loads(socket.recv(timeout=30))["job"] == new
    wait(live, new)


def test_commands_that_sign_in_without_a_browser(stack: Stack) -> None:
    name = stack.new_name()
    printed = stack.manage("token", "--user", f"{name}@studio.localhost", "--scope", "read").split()[-1]
    with stack.client(printed) as person:
        told = person.get("/api/v1/me").json()
        assert told["user"]["email"] == f"{name}@studio.localhost"
        assert told["token"]["scopes"] == ["read"]
        assert [team["personal"] for team in told["teams"]] == [True]
        assert person.post("/api/v1/jobs", json=NOTHING).status_code == 403
    with stack.client(stack.manage("token").split()[-1]) as owner:
        email = owner.get("/api/v1/me").json()["user"]["email"]
    link = stack.manage("signin").split()[-1]
    assert link.startswith(f"{stack.url}/signin/")
    assert httpx.get(link).status_code == 200
    assert stack.manage("signin", "--user", email).split()[-1] != link
    with pytest.raises(RuntimeError, match="is in no team"):
        stack.manage("token", "--user", email, "--team", "nobody's")

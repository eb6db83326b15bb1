"""Feeds over websockets: replay after n, live events, previews; what is not yours is refused as if it were not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.stack import Stack
from tests.workers.helpers import events_of, submit, wait_for

NOBODY = "00000000-0000-7000-8000-000000000000"


def open_socket(stack: Stack, path: str, api: httpx.Client | None = None, **headers: str) -> ClientConnection:
    """A socket with the client's token."""
    if api is not None:
        headers["Authorization"] = api.headers["Authorization"]
    return connect(f"{stack.url.replace('http', 'ws')}{path}", additional_headers=headers, proxy=None)


def read_all(socket: ClientConnection) -> tuple[list[dict[str, Any]], list[bytes]]:
    """(events, previews) until the server closes after the final event."""
    events: list[dict[str, Any]] = []
    previews: list[bytes] = []
    try:
        while True:
            message = socket.recv(timeout=30)
            if isinstance(message, bytes):
                previews.append(message)
            else:
                events.append(json.loads(message))
    except ConnectionClosed:
        return events, previews


def test_it_works(api: httpx.Client, stack: Stack) -> None:
    job = submit(api, "test.paint", prompt="x", steps=12, pause_ms=60)
    with open_socket(stack, f"/ws/jobs/{job['id']}?after=0", api) as socket:
        events, previews = read_all(socket)
    assert [event["n"] for event in events] == list(range(1, len(events) + 1))
    assert events == events_of(api, job["id"])
    assert events[-1]["state"] == "succeeded"
    length = int.from_bytes(previews[-1][:4], "big")
    header = json.loads(previews[-1][4 : 4 + length])
    assert header == {"job": job["id"], "attempt": 1, "mime": "image/webp"}
    assert previews[-1][4 + length :][:4] == b"RIFF"


def test_a_cut_socket_goes_on_after_n(api: httpx.Client, stack: Stack) -> None:
    job = submit(api, "test.echo", prompt=" ".join("abcdefghij"), pause_ms=150)
    seen: list[dict[str, Any]] = []
    while not (seen and seen[-1].get("final")):
        after = seen[-1]["n"] if seen else 0
        with open_socket(stack, f"/ws/jobs/{job['id']}?after={after}", api) as socket:
            for _ in range(2):  # then it is cut
                try:
                    message = socket.recv(timeout=10)
                except ConnectionClosed:
                    break
                seen.append(json.loads(message))
    assert [event["n"] for event in seen] == list(range(1, len(seen) + 1))
    assert "".join(event["text"] for event in seen if event["kind"] == "token") == "a b c d e f g h i j"


def test_the_teams_feed_tells_of_jobs_and_assets(api: httpx.Client, stack: Stack) -> None:
    team = api.get("/api/v1/me").json()["teams"][0]["id"]
    with open_socket(stack, f"/ws/team/{team}", api) as socket:
        job = submit(api, "test.paint", prompt="a red barn")
        told: list[dict[str, Any]] = []
        while not any(event.get("state") == "succeeded" for event in told):
            told.append(json.loads(socket.recv(timeout=20)))
    assert {event["kind"] for event in told} == {"state", "asset"}
    assert all(event["job"] == job["id"] for event in told)
    assert told[0]["title"] == "a red barn"


@pytest.mark.parametrize("what", ["jobs", "batches", "team"])
def test_not_there_and_not_yours_are_refused_alike(
    what: str, api: httpx.Client, new_api: Callable[..., httpx.Client], stack: Stack
) -> None:
    mine = {
        "jobs": lambda: submit(api, "test.nothing")["id"],
        "batches": lambda: api.post(
            "/api/v1/batches", json={"tool": "test.nothing", "inputs": {}, "count": 2}
        ).json()["id"],
        "team": lambda: api.get("/api/v1/me").json()["teams"][0]["id"],
    }[what]()
    outsider = new_api(stack.new_name())
    for path, who in [(mine, outsider), (NOBODY, outsider), ("nonsense", outsider), (mine, None)]:
        with pytest.raises(InvalidStatus) as caught, open_socket(stack, f"/ws/{what}/{path}", who):
            pass
        assert caught.value.response.status_code == 403
    with open_socket(stack, f"/ws/{what}/{mine}", api):
        pass


def test_a_cookie_counts_only_from_our_own_pages(api: httpx.Client, stack: Stack) -> None:
    """Another site's page can make a browser send our cookie, so its Origin is looked at; a token has none."""
    job = wait_for(api, submit(api, "test.nothing")["id"])
    with httpx.Client(base_url=stack.url, follow_redirects=True) as signed_in:
        name = api.get("/api/v1/me").json()["user"]["email"]
        page = signed_in.get(stack.signin_link(name))
        if "sessionid" not in signed_in.cookies:
            token = signed_in.cookies["csrftoken"]
            signed_in.post(
                str(page.url), data={"csrfmiddlewaretoken": token}, headers={"Referer": str(page.url)}
            )
        cookie = f"sessionid={signed_in.cookies['sessionid']}"
    path = f"/ws/jobs/{job['id']}"
    with open_socket(stack, path, Cookie=cookie, Origin=stack.url):
        pass
    with pytest.raises(InvalidStatus), open_socket(stack, path, Cookie=cookie, Origin="https://evil.example"):
        pass
    with pytest.raises(InvalidStatus), open_socket(stack, path, Cookie=cookie):
        pass


@pytest.mark.slow
def test_an_idle_socket_lives_a_minute(api: httpx.Client, stack: Stack) -> None:
    """The default time limits of the Redis client once ended idle readers after five seconds."""
    team = api.get("/api/v1/me").json()["teams"][0]["id"]
    with open_socket(stack, f"/ws/team/{team}", api) as socket:
        with pytest.raises(TimeoutError):
            socket.recv(timeout=60)
        submit(api, "test.nothing")
        assert json.loads(socket.recv(timeout=5))["kind"] == "state"

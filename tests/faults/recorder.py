"""The client's side of the story: what it asked for, was promised and saw. Knows the public API only."""

from __future__ import annotations

import contextlib
import json
import random
import threading
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

ENDED = {"succeeded", "failed", "cancelled"}
PATIENCE_S = 120.0


class NotAnswered(Exception):
    """The studio did not give a usable answer in two minutes."""


@dataclass
class Asked:
    """An accepted job. may: the states in which it may end; count: assets that it has where it succeeded."""

    id: str
    tool: str
    count: int
    may: frozenset[str]
    seen: dict[int, dict[str, Any]] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)

    def see(self, event: dict[str, Any], how: str) -> None:
        known = self.seen.setdefault(event["n"], event)
        if known != event:
            self.changed.append(f"event {event['n']} was {known}, and by {how} {event}")


class Recorder:
    """Submits, follows and remembers; every line also goes to a log of its own."""

    def __init__(self, url: str, token: str, log: Path) -> None:
        self.url = url
        self.headers = {"Authorization": f"Bearer {token}"}
        self.api = httpx.Client(base_url=url, headers=self.headers, timeout=10)
        self.jobs: dict[str, Asked] = {}
        self.database_died = False  # then the newest progress may be told anew, see studio/durability.py
        self.uploads: dict[str, str] = {}  # asset id -> sha256 of what was sent
        self.team_seen: dict[int, dict[str, Any]] = {}
        self.refused: list[str] = []  # answers that are no answer: a 500, a page without a cause
        self._log = log.open("a")
        self._lock = threading.Lock()
        self._followers: list[threading.Thread] = []

    def note(self, what: str, **more: Any) -> None:
        with self._lock:
            self._log.write(json.dumps({"at": time.time(), "what": what, **more}) + "\n")
            self._log.flush()

    def close(self) -> None:
        for follower in self._followers:
            follower.join(timeout=5)
        self.api.close()
        self._log.close()

    # Asking

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The answer; where the studio is away or busy the same again, as a good client does."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            try:
                answer = self.api.request(method, path, **more)
            except httpx.TransportError:
                time.sleep(0.1)
                continue
            if answer.status_code in (429, 503, 507):
                if "retry-after" not in answer.headers:
                    self.refused.append(f"{method} {path}: {answer.status_code} without Retry-After")
                time.sleep(0.2)
                continue
            if answer.status_code >= 500:
                self.refused.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
                time.sleep(0.2)
                continue
            return answer
        raise NotAnswered(f"{method} {path}: no answer in {PATIENCE_S:.0f} s")

    def submit(self, tool: str, *, count: int = 1, may: Iterable[str] = ("succeeded",), **inputs: Any) -> str:
        """Ask until it is accepted, always with the same key; the id of the job."""
        body = {"tool": tool, "inputs": inputs}
        answer = self.ask("POST", "/api/v1/jobs", json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
        if answer.status_code not in (200, 201):
            raise NotAnswered(f"submit {tool}: {answer.status_code} {answer.text[:300]}")
        return self.accept(answer.json()["id"], tool, count=int(inputs.get("count", 1)), may=may)

    def accept(self, job_id: str, tool: str, *, count: int, may: Iterable[str]) -> str:
        """From now on this job has been promised."""
        self.jobs[job_id] = Asked(job_id, tool, count, frozenset(may))
        self.note("accepted", job=job_id, tool=tool)
        return job_id

    def job(self, job_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", f"/api/v1/jobs/{job_id}").json()
        return found

    def wait(self, job_id: str, *states: str, seconds: float = 30.0) -> dict[str, Any]:
        """The job once it is in one of the states (default: ended), or as it is after `seconds`."""
        wanted = set(states) or ENDED
        until = time.monotonic() + seconds
        while True:
            job = self.job(job_id)
            if job["state"] in wanted or job["state"] in ENDED or time.monotonic() > until:
                return job
            time.sleep(0.03)

    def wait_progress(self, job_id: str, share: float = 0.1, seconds: float = 30.0) -> dict[str, Any]:
        until = time.monotonic() + seconds
        while True:
            job = self.job(job_id)
            if job["progress"] >= share or job["state"] in ENDED or time.monotonic() > until:
                return job
            time.sleep(0.02)

    def assets(self) -> list[dict[str, Any]]:
        """Every asset of the person's teams, page by page."""
        found: list[dict[str, Any]] = []
        cursor = None
        while True:
            params: dict[str, Any] = {"limit": 200} | ({"cursor": cursor} if cursor else {})
            page = self.ask("GET", "/api/v1/assets", params=params).json()
            found += page["items"]
            cursor = page["next"]
            if cursor is None:
                return found

    # Following

    def follow(self, job_id: str, how: str, *, rng: random.Random | None = None) -> None:
        """Watch a job to its end by "poll", "sse" or "ws" on a thread; with rng the line is cut now and then."""
        thread = threading.Thread(
            target=self._follow, args=(self.jobs[job_id], how, rng), name=f"{how}-{job_id}", daemon=True
        )
        thread.start()
        self._followers.append(thread)

    def _follow(self, asked: Asked, how: str, rng: random.Random | None) -> None:
        one = {"poll": self._poll, "sse": self._sse, "ws": self._socket}[how]
        until = time.monotonic() + PATIENCE_S
        after = 0
        while time.monotonic() < until:
            try:
                for event in one(asked.id, after, rng.uniform(0.05, 1.0) if rng else None):
                    asked.see(event, how)
                    self.note("event", job=asked.id, n=event["n"], how=how)
                    if event["n"] != after + 1:
                        asked.changed.append(f"by {how} after event {after} came {event['n']}")
                    after = event["n"]
                    if event["kind"] == "state" and event.get("final"):
                        return
            except (httpx.HTTPError, OSError, WebSocketException, KeyError, ValueError):
                time.sleep(0.1)

    def _poll(self, job_id: str, after: int, cut: float | None) -> Iterable[dict[str, Any]]:
        with httpx.Client(base_url=self.url, headers=self.headers, timeout=cut or 10) as client:
            answer = client.get(f"/api/v1/jobs/{job_id}/events", params={"after": after, "wait": 5})
            answer.raise_for_status()
            yield from answer.json()["events"]

    def _sse(self, job_id: str, after: int, cut: float | None) -> Iterable[dict[str, Any]]:
        until = time.monotonic() + (cut or 1e9)
        with (
            httpx.Client(base_url=self.url, headers=self.headers, timeout=10) as client,
            client.stream("GET", f"/api/v1/jobs/{job_id}/stream", params={"after": after}) as answer,
        ):
            answer.raise_for_status()
            numbered = False
            for line in answer.iter_lines():
                if line.startswith("id:"):
                    numbered = True
                elif line.startswith("data:") and numbered:
                    yield json.loads(line[5:])
                elif not line:
                    numbered = False
                    if time.monotonic() > until:
                        return

    def _socket(self, job_id: str, after: int, cut: float | None) -> Iterable[dict[str, Any]]:
        address = f"{self.url.replace('http', 'ws', 1)}/ws/jobs/{job_id}?after={after}"
        until = time.monotonic() + (cut or 1e9)
        with connect(address, additional_headers=self.headers, proxy=None, close_timeout=0.1) as socket:
            while time.monotonic() < until:
                message = socket.recv(timeout=10)
                if isinstance(message, str):
                    yield json.loads(message)
            with contextlib.suppress(OSError):
                socket.socket.shutdown(2)  # cut, not closed

    def follow_team(self, team: str, stop: threading.Event) -> None:
        """Watch the team's feed by sockets that are opened again wherever they end."""

        def loop() -> None:
            while not stop.is_set():
                after = max(self.team_seen, default=0)
                address = f"{self.url.replace('http', 'ws', 1)}/ws/team/{team}?after={after}"
                try:
                    with connect(address, additional_headers=self.headers, proxy=None) as socket:
                        while not stop.is_set():
                            with contextlib.suppress(TimeoutError):
                                event = json.loads(socket.recv(timeout=0.5))
                                self.team_seen[event["n"]] = event
                except (OSError, WebSocketException, KeyError, ValueError):
                    time.sleep(0.2)

        thread = threading.Thread(target=loop, name="team", daemon=True)
        thread.start()
        self._followers.append(thread)

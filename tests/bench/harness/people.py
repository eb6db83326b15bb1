"""A person of the bench: a token, a team of their own, and the few calls that rows make."""

from __future__ import annotations

import json
import time
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.stack import Stack


class Person:
    """Somebody new on a studio; `owner`: the owner, who is the operator."""

    def __init__(self, stack: Stack, *, owner: bool = False) -> None:
        self.stack = stack
        self.api = stack.client(stack.token(None if owner else stack.new_name()))
        self.api.timeout = 120
        me = self.api.get("/api/v1/me").raise_for_status().json()
        self.team = str(me["teams"][0]["id"])

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": self.api.headers["Authorization"]}

    def socket(self, path: str) -> ClientConnection:
        """An open websocket, as this person."""
        url = self.stack.url.replace("http", "ws", 1) + path
        return connect(url, additional_headers=self.headers, proxy=None, max_size=None)

    def submit(self, tool: str, **inputs: Any) -> str:
        """The id of a new job."""
        answer = self.api.post("/api/v1/jobs", json={"tool": tool, "inputs": inputs})
        return str(answer.raise_for_status().json()["id"])

    def batch(self, tool: str, count: int, **inputs: Any) -> str:
        """The id of a new batch of `count` jobs alike."""
        asked = {"tool": tool, "inputs": {}, "items": [inputs] * count}
        return str(self.api.post("/api/v1/batches", json=asked).raise_for_status().json()["id"])

    def cancel_batch(self, batch: str) -> None:
        self.api.post(f"/api/v1/batches/{batch}/cancel").raise_for_status()

    def job(self, job: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(f"/api/v1/jobs/{job}").raise_for_status().json()
        return found

    def follow(self, job: str, *, limit_s: float = 300) -> None:
        """Read the job's socket until its final event; TimeoutError."""
        until = time.monotonic() + limit_s
        with self.socket(f"/ws/jobs/{job}") as socket:
            while True:
                said = socket.recv(timeout=max(0.0, until - time.monotonic()))
                if isinstance(said, str) and json.loads(said).get("final"):
                    return

    def ended(self, job: str) -> dict[str, Any]:
        """The job once it has ended, however."""
        self.follow(job)
        return self.job(job)

    def run(self, tool: str, *, limit_s: float = 300, **inputs: Any) -> dict[str, Any]:
        """Submit and follow over a socket until it has succeeded; the job. RuntimeError where it did not."""
        job = self.submit(tool, **inputs)
        self.follow(job, limit_s=limit_s)
        found = self.job(job)
        if found["state"] != "succeeded":
            raise RuntimeError(f"{tool} {found['state']}: {found.get('error')}")
        return found

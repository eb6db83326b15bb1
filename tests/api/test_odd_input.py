"""Odd values in every place: each is answered in words, none is an error of the studio's own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Api

BIG = 10**30
PAINT: dict[str, Any] = {"tool": "test.paint", "inputs": {"prompt": "x"}}
GETS = [
    f"members?cursor={BIG}",
    "members?cursor=x",
    f"jobs/JOB/events?after={BIG}",
    "jobs/JOB/events?after=-1",
    "jobs/JOB/events?wait=nan",
    f"jobs/JOB/events?wait=-1&after={2**63}",
    "jobs?tool=%00",
    "jobs?limit=0",
    "jobs?cursor=%F0%9F%92%A1",
    "tools/%00",
    "tools?cursor=%00",
    "nodes/%00",
    "nodes?cursor=%00",
    "models/%00",
    "assets?q=%00",
    "assets?q=%22%27*()",
    "assets?tag=%00",
    "assets?cursor=x",
    f"members/{BIG}",
]
BATCHES: list[dict[str, Any]] = [
    PAINT | {"count": 3, "inputs": {"prompt": "x", "seed": "a"}},
    PAINT | {"count": 3, "inputs": {"prompt": "x", "seed": [1]}},
    PAINT | {"count": 3, "inputs": {"prompt": "x", "seed": 1e308}},
    PAINT | {"count": 3, "inputs": {"prompt": "x", "seed": BIG}},
    PAINT | {"matrix": {"steps": [{"a": 1}]}},
    PAINT | {"matrix": {"": [1]}},
    PAINT | {"items": [{"prompt": None}]},
    PAINT | {"prompts": "{a|" * 3000 + "}" * 3000},
    PAINT | {"prompts": "{a|b}" * 4000},
    PAINT | {"count": BIG},
]
JOBS: list[Any] = [
    [1],
    {"tool": "x" * 100},
    {"tool": "test.paint", "inputs": {"prompt": {"a": ["b"] * 10_000}}},
    {"tool": "test.paint", "inputs": {"k" * 100_000: 1}},
    PAINT | {"inputs": {"prompt": "x", "seed": BIG}},
    PAINT | {"inputs": {"prompt": "x", "seed": True, "steps": 1e400}},
    PAINT | {"priority": BIG},
    PAINT | {"title": "x" * 201},
]


@pytest.mark.parametrize("path", GETS)
def test_reading(me: Api, path: str) -> None:
    job = me.post("jobs", PAINT).json()["id"]
    assert me.client.get(f"/api/v1/{path.replace('JOB', job)}").status_code in (200, 404, 405, 422)


@pytest.mark.parametrize("body", BATCHES, ids=range(len(BATCHES)))
def test_batches(me: Api, body: dict[str, Any]) -> None:
    answer = me.post("batches", body)
    assert answer.status_code == 422, answer.content
    assert len(answer.content) < 20_000


@pytest.mark.parametrize("body", JOBS, ids=range(len(JOBS)))
def test_jobs(me: Api, body: Any) -> None:
    answer = me.post("jobs", body)
    assert answer.status_code == 422, answer.content
    assert len(answer.content) < 20_000


def test_a_long_key(me: Api) -> None:
    assert me.post("jobs", PAINT, **{"Idempotency-Key": "k" * 300}).status_code == 422


def test_a_number_without_end(me: Api) -> None:
    body = b'{"tool": "test.paint", "inputs": {"prompt": "x", "steps": 1e999}}'
    answer = me.client.post("/api/v1/jobs", body, content_type="application/json")
    assert answer.status_code == 422
    assert b"Infinity" not in answer.content

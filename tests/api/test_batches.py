"""Calls about batches."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from studio.catalog.models import ModelCard
from studio.jobs.models import Batch, Job
from studio.teams.models import Team, User
from tests.api.conftest import Api

PAINT: dict[str, Any] = {"tool": "test.paint", "inputs": {"prompt": "a lamp", "seed": 7}}


def test_count_raises_the_seed(me: Api) -> None:
    made = me.post("batches", PAINT | {"count": 3})
    assert made.status_code == 201
    batch = made.json()
    assert batch["total"] == 3
    assert batch["counts"] == {"queued": 3}
    jobs = me.get("jobs", batch=batch["id"]).json()["items"]
    assert sorted(job["inputs"]["seed"] for job in jobs) == [7, 8, 9]
    assert me.get(f"batches/{batch['id']}").json() == batch


def test_matrix_items_and_wordings_multiply(me: Api) -> None:
    body = {
        "tool": "test.paint",
        "inputs": {"seed": 1},
        "prompts": "a {red|blue} lamp",
        "matrix": {"steps": [1, 2]},
        "items": [{"pause_ms": 1}, {"pause_ms": 2}],
    }
    batch = me.post("batches", body).json()
    assert batch["total"] == 8
    jobs = me.get("jobs", batch=batch["id"]).json()["items"]
    made = {(job["inputs"]["prompt"], job["inputs"]["steps"], job["inputs"]["pause_ms"]) for job in jobs}
    assert len(made) == 8


def test_a_dry_run_stores_nothing(me: Api) -> None:
    plan = me.client.post(
        "/api/v1/batches?dry_run=1", PAINT | {"count": 300}, content_type="application/json"
    )
    assert plan.status_code == 200
    found = plan.json()
    assert found["total"] == 300
    assert len(found["items"]) == 200
    assert found["items"][1]["seed"] == 8
    assert {"time_s", "disk_bytes"} <= found.keys()
    assert not Batch.objects.exists()


def test_all_or_nothing(me: Api) -> None:
    answer = me.post("batches", PAINT | {"items": [{}, {"steps": 0}, {"steps": 3}]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == [1, "steps"]
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "more",
    [
        {"count": 10_001},
        {"items": []},
        {"matrix": {"seed": []}},
        {"count": 5000, "matrix": {"steps": [1, 2, 3]}},
    ],
)
def test_too_many_or_none(me: Api, more: dict[str, Any]) -> None:
    assert me.post("batches", PAINT | more).status_code == 422
    assert not Batch.objects.exists()


def test_the_same_key_is_the_same_batch(me: Api) -> None:
    key = {"Idempotency-Key": "once"}
    first = me.post("batches", PAINT | {"count": 2}, **key).json()["id"]
    assert me.post("batches", PAINT | {"count": 2}, **key).json()["id"] == first
    assert me.post("batches", PAINT | {"count": 3}, **key).status_code == 409


def test_pause_resume_cancel(me: Api) -> None:
    batch = me.post("batches", PAINT | {"count": 2}).json()["id"]
    assert me.post(f"batches/{batch}/pause").json()["paused"] is True
    assert not Job.objects.filter(batch=batch, ready=True).exists()
    assert me.post(f"batches/{batch}/resume").json()["paused"] is False
    ended = me.post(f"batches/{batch}/cancel")
    assert ended.status_code == 202
    assert ended.json()["counts"] == {"cancelled": 2}


def test_retry_failed(me: Api) -> None:
    batch = me.post("batches", PAINT | {"count": 3}).json()["id"]
    failed = Job.objects.filter(batch=batch).first()
    assert failed is not None
    Job.objects.filter(pk=failed.pk).update(state="failed")
    answer = me.post(f"batches/{batch}/retry-failed")
    assert answer.status_code == 201
    [again] = answer.json()["jobs"]
    assert me.get(f"jobs/{again}").json()["retry_of"] == str(failed.pk)
    assert me.get(f"batches/{batch}").json()["counts"] == {"queued": 3}


def test_lists(me: Api, team: Team) -> None:
    first = me.post("batches", PAINT | {"count": 2}).json()["id"]
    second = me.post("batches", PAINT | {"count": 2, "team": str(team.pk)}).json()["id"]
    assert [batch["id"] for batch in me.get("batches").json()["items"]] == [second, first]
    assert [batch["id"] for batch in me.get("batches", team=str(team.pk)).json()["items"]] == [second]


def test_who_may_not(team: Team, me: Api, person: Callable[[str], User], as_user: Callable[..., Api]) -> None:
    body = PAINT | {"count": 2, "team": str(team.pk)}
    batch = me.post("batches", body).json()["id"]
    outsider, viewer = as_user(person("outsider")), as_user(person("viewer"))
    assert outsider.post("batches", body).status_code == 404
    assert outsider.get(f"batches/{batch}").status_code == 404
    assert outsider.get(f"batches/{batch}/export").status_code == 404
    assert viewer.post("batches", body).status_code == 403
    assert viewer.get(f"batches/{batch}").status_code == 200
    assert viewer.post(f"batches/{batch}/cancel").status_code == 403
    assert me.get(f"batches/{uuid.uuid4()}").status_code == 404


def test_what_all_jobs_ask_alike_is_asked_once(me: Api, django_assert_max_num_queries: Any) -> None:
    ModelCard.objects.create(
        name="small",
        title="Small",
        task="text-generation",
        format="gguf",
        state="installed",
        digest="sha256:1",
    )
    body = {"tool": "text.write", "inputs": {"prompt": "a lamp", "seed": 1}, "count": 200}
    with django_assert_max_num_queries(60):
        assert me.post("batches", body).status_code == 201

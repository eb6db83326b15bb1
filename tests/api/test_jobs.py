"""Calls about jobs; no worker runs here, so what is submitted waits."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from studio.clock import db_now
from studio.jobs.models import Job, Node
from studio.teams.models import Team, User
from tests.api.conftest import Api

PAINT: dict[str, Any] = {"tool": "test.paint", "inputs": {"prompt": "a lamp", "seed": 7}}


def test_it_works(me: Api, owner: User) -> None:
    made = me.post("jobs", PAINT)
    assert made.status_code == 201
    job = made.json()
    assert made["Location"] == f"/api/v1/jobs/{job['id']}"
    assert job["state"] == "queued"
    assert job["inputs"] == {"prompt": "a lamp", "seed": 7, "steps": 5, "pause_ms": 40, "count": 1}
    assert job["team"] == str(owner.personal_team.pk)
    assert job["assets"] == []
    assert job["created_at"].endswith("Z")
    read = me.get(f"jobs/{job['id']}").json()
    assert {**read, "wait_s": 0} == {**job, "wait_s": 0}


def test_a_seed_is_drawn_where_none_is_given(me: Api) -> None:
    seeds = {
        me.post("jobs", {"tool": "test.paint", "inputs": {"prompt": "x"}}).json()["inputs"]["seed"]
        for _n in range(3)
    }
    assert None not in seeds
    assert len(seeds) == 3


def test_without_a_team_it_goes_to_the_tokens_team(
    owner: User, team: Team, as_user: Callable[..., Api]
) -> None:
    assert as_user(owner, team=team).post("jobs", PAINT).json()["team"] == str(team.pk)


def test_a_team_is_named(me: Api, team: Team) -> None:
    assert me.post("jobs", PAINT | {"team": str(team.pk)}).json()["team"] == str(team.pk)
    assert me.post("jobs", PAINT | {"team": str(uuid.uuid4())}).status_code == 404


def test_lists_filter(me: Api, team: Team) -> None:
    first = me.post("jobs", PAINT).json()["id"]
    second = me.post("jobs", {"tool": "test.echo", "inputs": {"prompt": "x"}, "team": str(team.pk)}).json()[
        "id"
    ]

    def ids(**query: str) -> list[str]:
        return [job["id"] for job in me.get("jobs", **query).json()["items"]]

    assert ids() == [second, first]
    assert ids(tool="test.paint") == [first]
    assert ids(team=str(team.pk)) == [second]
    assert ids(state="queued") == [second, first]
    assert ids(state="running") == []
    assert ids(batch=str(uuid.uuid4())) == []


def test_a_list_asks_few_questions(me: Api, django_assert_max_num_queries: Any) -> None:
    for _n in range(5):
        me.post("jobs", PAINT)
    with django_assert_max_num_queries(8):
        me.get("jobs")


def test_the_same_key_and_body_is_the_same_job(me: Api) -> None:
    key = {"Idempotency-Key": "once"}
    first = me.post("jobs", PAINT, **key)
    again = me.post("jobs", PAINT, **key)
    assert again.status_code == 201
    assert again.json()["id"] == first.json()["id"]
    assert Job.objects.count() == 1
    other = me.post("jobs", {"tool": "test.paint", "inputs": {"prompt": "another"}}, **key)
    assert other.status_code == 409
    assert other.json()["type"] == "/problems/conflict"


def test_cancel(me: Api) -> None:
    job = me.post("jobs", PAINT).json()["id"]
    ended = me.post(f"jobs/{job}/cancel")
    assert ended.status_code == 202
    assert ended.json()["state"] == "cancelled"
    assert me.post(f"jobs/{job}/cancel").status_code == 202  # nothing changes


def test_retry(me: Api) -> None:
    job = me.post("jobs", PAINT).json()
    again = me.post(f"jobs/{job['id']}/retry")
    assert again.status_code == 201
    assert again.json()["retry_of"] == job["id"]
    assert again.json()["inputs"] == job["inputs"]


def test_the_queue_and_its_order(me: Api, team: Team) -> None:
    first, second = (me.post("jobs", PAINT | {"team": str(team.pk)}).json()["id"] for _n in range(2))
    queue = me.get("queue", team=str(team.pk)).json()
    assert [job["id"] for job in queue["items"]] == [first, second]
    assert queue["items"][0]["waiting_for"]
    assert queue["waiting_total"] == 2
    assert me.post("queue/move", {"job": second, "before": first}).status_code == 200
    queue = me.get("queue", team=str(team.pk)).json()
    assert [job["id"] for job in queue["items"]] == [second, first]


WRONG: list[tuple[dict[str, Any], str, list[Any]]] = [
    ({"tool": "no.such", "inputs": {}}, "unknown-tool", ["tool"]),
    ({"tool": "lab.install_model", "inputs": {"model": "x"}}, "unknown-tool", []),
    ({"tool": "test.paint", "inputs": {}}, "invalid-inputs", ["prompt"]),
    ({"tool": "test.paint", "inputs": {"prompt": ""}}, "invalid-inputs", ["prompt"]),
    ({"tool": "test.paint", "inputs": {"prompt": "x", "steps": 0}}, "invalid-inputs", ["steps"]),
    ({"tool": "test.paint", "inputs": {"prompt": "x", "steps": "many"}}, "invalid-inputs", ["steps"]),
    ({"tool": "test.paint", "inputs": {"prompt": "x", "seed": -1}}, "invalid-inputs", ["seed"]),
    ({"tool": "test.paint", "inputs": {"prompt": "x", "unheard": 1}}, "invalid-inputs", ["unheard"]),
    ({"tool": "test.paint", "inputs": {"prompt": "x" * 2**20}}, "invalid-inputs", ["prompt"]),
    ({"tool": "test.paint", "inputs": "x"}, "invalid-request", ["inputs"]),
    ({"tool": "test.paint", "inputs": {"prompt": "x"}, "unheard": 1}, "invalid-request", ["unheard"]),
    ({"tool": "test.paint", "inputs": {"prompt": "x"}, "priority": 99}, "invalid-request", ["priority"]),
    ({"tool": "test.paint", "inputs": {"prompt": "x"}, "team": "x"}, "invalid-request", ["team"]),
    ({"tool": "test.invert", "inputs": {"image": "x"}}, "invalid-inputs", ["image"]),
    ({"tool": "test.invert", "inputs": {"image": str(uuid.uuid4())}}, "invalid-inputs", ["image"]),
    (
        {"tool": "test.paint", "inputs": {"prompt": "x"}, "parent": str(uuid.uuid4())},
        "invalid-inputs",
        ["parent"],
    ),
    ({"tool": "text.write", "inputs": {"prompt": "x", "model": "no-such"}}, "model-not-installed", ["model"]),
    ({"tool": "text.write", "inputs": {"prompt": "x"}}, "model-not-installed", ["model"]),
    ({"inputs": {}}, "invalid-request", ["tool"]),
    ({}, "invalid-request", ["tool"]),
]


@pytest.mark.parametrize(("body", "type", "loc"), WRONG, ids=range(len(WRONG)))
def test_what_cannot_be_accepted(me: Api, body: dict[str, Any], type: str, loc: list[Any]) -> None:
    answer = me.post("jobs", body)
    assert answer.status_code == 422, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    found = answer.json()
    assert found["type"] == f"/problems/{type}"
    assert found["detail"]
    if loc:
        assert loc in [error["loc"] for error in found["errors"]]
    assert len(answer.content) < 4000
    assert not Job.objects.exists()


def test_a_need_that_no_node_can_meet(me: Api) -> None:
    Node.objects.create(
        name="small",
        device="cpu",
        memory_bytes=2**33,
        lanes=["make"],
        tools={"test.greedy": 1},
        seen_at=db_now(),
    )
    for inputs in ({"gigabytes": 100}, {"cuda": True}):
        answer = me.post("jobs", {"tool": "test.greedy", "inputs": inputs})
        assert answer.status_code == 422
        assert answer.json()["type"] == "/problems/no-node-could"
    assert me.post("jobs", {"tool": "test.greedy", "inputs": {"gigabytes": 4}}).json()["waiting_for"] is None


def test_it_waits_for_a_node_that_is_away_and_says_so(me: Api) -> None:
    assert "No node" in me.post("jobs", PAINT).json()["waiting_for"]
    Node.objects.create(
        name="attic",
        device="cpu",
        memory_bytes=2**33,
        lanes=["make"],
        tools={"test.paint": 1},
        seen_at=db_now() - timedelta(minutes=5),
    )
    job = me.post("jobs", PAINT)
    assert job.status_code == 201
    assert "attic" in job.json()["waiting_for"]
    assert "attic" in me.get(f"jobs/{job.json()['id']}").json()["waiting_for"]


def test_who_may_not(team: Team, me: Api, person: Callable[[str], User], as_user: Callable[..., Api]) -> None:
    body = PAINT | {"team": str(team.pk)}
    job = me.post("jobs", body).json()["id"]
    outsider, viewer, creator = (as_user(person(role)) for role in ("outsider", "viewer", "creator"))
    assert outsider.post("jobs", body).status_code == 404
    assert outsider.get(f"jobs/{job}").status_code == 404
    assert outsider.get(f"jobs/{job}/events").status_code == 404
    assert outsider.get(f"jobs/{job}/stream").status_code == 404
    assert outsider.post(f"jobs/{job}/cancel").status_code == 404
    assert viewer.post("jobs", body).status_code == 403
    assert viewer.get(f"jobs/{job}").status_code == 200
    assert viewer.post(f"jobs/{job}/cancel").status_code == 403
    assert creator.post(f"jobs/{job}/cancel").status_code == 403  # another's
    own = creator.post("jobs", body).json()["id"]
    assert creator.post(f"jobs/{own}/cancel").status_code == 202
    assert creator.post("jobs", body | {"priority": 5}).status_code == 403


def test_nodes(me: Api) -> None:
    Node.objects.create(name="a", device="cpu", memory_bytes=2**33, seen_at=db_now())
    Node.objects.create(name="b", device="cuda", memory_bytes=2**34)
    first = me.get("nodes", limit=1).json()
    assert [node["name"] for node in first["items"]] == ["a"]
    assert me.get("nodes", cursor=first["next"]).json()["items"][0]["device"] == "cuda"
    assert me.get("nodes/a").json()["state"] == "here"
    assert me.get("nodes/c").status_code == 404

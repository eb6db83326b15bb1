"""Rows of the contract that no other test shows whole, without a worker; see test_contract_map.py for where each is."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from studio.catalog.models import ModelCard
from studio.clock import db_now
from studio.feeds.models import Event
from studio.gallery.actions import add, edit
from studio.gallery.models import Asset
from studio.jobs import actions as jobs
from studio.jobs.models import Job, Node
from studio.jobs.sweeper import fold_ended
from studio.teams.actions import create_token
from studio.teams.models import Team, User
from studio.teams.rights import Actor
from tests.api.conftest import Api

PAINT: dict[str, Any] = {"tool": "test.paint", "inputs": {"prompt": "a lamp", "seed": 7}}
ASSET = (
    "id medium mime bytes digest content_digest width height duration_s title prompt facts job parents children parts"
    " tags rating review provenance listed urls"
)
INPUTS = "prompt negative_prompt seed model steps guidance width height image mask strength max_tokens temperature top_p stop"


@pytest.fixture
def asset(team: Team, owner: User, tmp_path: Path) -> Callable[..., Asset]:
    """asset("words", …) is a text of the owner's in the team."""

    def make(text: str, **more: Any) -> Asset:
        path = tmp_path / f"{uuid.uuid4()}.md"
        path.write_text(text)
        return add(team=team, author=owner, path=path, **more)

    return make


@pytest.fixture
def node(db: None) -> Node:
    """A node that is here and has measured how long a painting takes: two units a second."""
    return Node.objects.create(
        name="juniper",
        device="cpu",
        memory_bytes=2**33,
        lanes=["make"],
        slots=[{"slot": "make-0", "lane": "make", "job": None}],
        tools={"test.paint": 1},
        speeds={"test.paint|": 2.0},
        seen_at=db_now(),
    )


def test_me(team: Team, owner: User, as_user: Callable[..., Api]) -> None:
    whole = as_user(owner).get("me").json()
    assert whole["user"]["id"] == str(owner.pk)
    assert {(one["name"], one["role"]) for one in whole["teams"]} == {
        ("Lamplight", "owner"),
        ("Olive", "owner"),
    }
    bound = as_user(owner, team=team, scopes=("read", "write")).get("me").json()
    assert [one["id"] for one in bound["teams"]] == [str(team.pk)]
    assert set(bound["token"]["scopes"]) == {"read", "write"}


def test_tools_have_the_names_of_inputs_that_stay(me: Api) -> None:
    names: set[str] = set()
    for tool in me.get("tools", limit=200).json()["items"]:
        assert tool["inputs_schema"]["type"] == "object"
        names |= tool["inputs_schema"]["properties"].keys()
        assert tool["example"].keys() <= tool["inputs_schema"]["properties"].keys()
        assert isinstance(tool["can_run"], bool)
        assert bool(tool["why_not"]) is not tool["can_run"]
    assert set(INPUTS.split()) <= names


def test_submit_takes_team_parent_title_and_priority(
    me: Api, team: Team, asset: Callable[..., Asset]
) -> None:
    before = asset("the one before")
    more = {"team": str(team.pk), "parent": str(before.pk), "title": "Harbour lamp", "priority": 3}
    made = me.post("jobs", PAINT | more)
    assert made.status_code == 201
    assert {name: made.json()[name] for name in more} == more


def test_jobs_of_a_batch_and_state(me: Api) -> None:
    batch = me.post("batches", PAINT | {"count": 3}).json()["id"]
    me.post("jobs", PAINT)
    found = me.get("jobs", batch=batch, tool="test.paint", state="queued").json()
    assert [job["batch"] for job in found["items"]] == [batch] * 3
    me.post(f"jobs/{found['items'][0]['id']}/cancel")
    assert len(me.get("jobs", batch=batch, state="queued").json()["items"]) == 2
    assert len(me.get("jobs", batch=batch, state="cancelled").json()["items"]) == 1


def test_a_week_after_the_end_events_are_a_snapshot(me: Api) -> None:
    job = me.post("jobs", PAINT).json()["id"]
    last = me.post(f"jobs/{job}/cancel").json()["last_n"]
    kept = me.get(f"jobs/{job}/events").json()
    assert [event["n"] for event in kept["events"]] == list(range(1, last + 1))
    long_ago = db_now() - timedelta(days=8)
    Event.objects.update(at=long_ago)
    Job.objects.update(finished_at=long_ago)
    fold_ended()
    folded = me.get(f"jobs/{job}/events").json()
    assert folded["events"] == []
    assert folded["final"] is True
    assert folded["snapshot"]["id"] == job
    assert folded["snapshot"]["state"] == "cancelled"
    # Whoever has seen all of them has nothing to load.
    assert me.get(f"jobs/{job}/events", after=last).json() == {"events": [], "final": True}


def test_cancel_after_the_end_changes_nothing(me: Api) -> None:
    job = me.post("jobs", PAINT).json()["id"]
    Job.objects.filter(pk=job).update(state="succeeded", started_at=db_now(), finished_at=db_now())
    before = me.get(f"jobs/{job}").json()
    answer = me.post(f"jobs/{job}/cancel")
    assert answer.status_code == 202
    assert answer.json() == before == me.get(f"jobs/{job}").json()


def test_the_queue_says_reason_and_time_left(me: Api, team: Team, node: Node) -> None:
    body = PAINT | {"team": str(team.pk)}
    first, second = (me.post("jobs", body).json()["id"] for _n in range(2))
    work = Job.objects.get(pk=first).work
    queue = me.get("queue", team=str(team.pk)).json()
    assert [row["id"] for row in queue["items"]] == [first, second]
    assert [row["place"] for row in queue["items"]] == [1, 2]
    assert [row["waiting_for"] for row in queue["items"]] == ["Next.", "After one other."]
    assert [row["starts_in_s"] for row in queue["items"]] == [0, work / 2]
    assert (queue["left_s"], queue["waiting_total"], queue["running"]) == (work, 2, [])
    assert [row["id"] for row in me.get("queue").json()["items"]] == [first, second]
    me.post("queue/move", {"job": first})  # behind all of one's own
    assert [row["id"] for row in me.get("queue").json()["items"]] == [second, first]


def test_a_batch_is_at_most_ten_thousand(me: Api) -> None:
    def plan(count: int) -> Any:
        body = PAINT | {"count": count, "matrix": {"steps": [1, 2]}}
        return me.client.post("/api/v1/batches?dry_run=1", body, content_type="application/json")

    most = plan(5_000)
    assert most.status_code == 200
    assert (most.json()["total"], len(most.json()["items"])) == (10_000, 200)
    refused = plan(5_001)
    assert refused.status_code == 422
    assert "10000" in refused.json()["detail"]
    assert not Job.objects.exists()


def test_batch_counts_are_of_the_newest_in_each_chain(me: Api) -> None:
    batch = me.post("batches", PAINT | {"count": 2}).json()["id"]
    failed = Job.objects.filter(batch=batch).order_by("batch_index")[0]
    Job.objects.filter(pk=failed.pk).update(state="failed")
    assert me.get(f"batches/{batch}").json()["counts"] == {"failed": 1, "queued": 1}
    [again] = me.post(f"batches/{batch}/retry-failed").json()["jobs"]
    Job.objects.filter(pk=again).update(state="succeeded")
    assert me.get(f"batches/{batch}").json()["counts"] == {"succeeded": 1, "queued": 1}
    assert me.get(f"batches/{batch}").json()["total"] == 2


def test_assets_are_found_by_each_filter(
    me: Api, team: Team, owner: User, asset: Callable[..., Asset]
) -> None:
    one = asset("A night train leaves.", title="One", tool="text.write", model="small")
    two = asset("A harbour at noon.", title="Two", tool="text.chat", model="large")
    asset("Only mine.", title="Hidden", listed=False)
    edit(Actor.of(owner), one, tags=["sea"], rating=5)
    Asset.objects.filter(pk=two.pk).update(review_state="approved")

    def titles(**query: str) -> list[str]:
        return [item["title"] for item in me.get("assets", **query).json()["items"]]

    assert titles(medium="text") == ["Two", "One"]
    assert titles(medium="image") == []
    assert titles(q="night") == titles(tool="text.write") == titles(model="small") == ["One"]
    assert titles(tag="sea") == titles(rating="4") == ["One"]
    assert titles(review="approved") == ["Two"]
    assert titles(listed="true", team=str(team.pk)) == ["Two", "One"]
    assert titles(listed="false") == ["Hidden"]


def test_an_asset_has_all_of_its_fields(me: Api, asset: Callable[..., Asset], tmp_path: Path) -> None:
    parent = asset("the one before", title="Before")
    notes = tmp_path / "notes.md"
    notes.write_text("0123456789")
    made = asset(
        "the one after",
        prompt="after",
        parents=[(parent.pk, "parent")],
        parts=[("notes", notes, "text/plain")],
        facts={"tool": "text.write", "inputs": {"seed": 7}},
    )
    told = me.get(f"assets/{made.pk}").json()
    assert set(ASSET.split()) <= told.keys()
    assert told["digest"].startswith("sha256:")
    assert told["content_digest"].startswith("sha256:")
    assert told["parents"] == [{"id": str(parent.pk), "role": "parent"}]
    assert me.get(f"assets/{parent.pk}").json()["children"] == [{"id": str(made.pk), "role": "parent"}]
    assert told["rating"].keys() == {"own", "mean", "n"}
    assert told["urls"].keys() == {"content", "thumbnail", "preview"}
    assert told["facts"]["inputs"] == {"seed": 7}
    [part] = told["parts"]
    assert part.keys() == {"name", "mime", "bytes", "digest", "url"}
    assert (part["name"], part["bytes"]) == ("notes", 10)
    # The bytes of a part, as those of the asset: ranges, the digest as ETag, nothing where one has them.
    whole = me.client.get(part["url"])
    assert (whole.status_code, whole["ETag"]) == (200, f'"{part["digest"]}"')
    piece = me.client.get(part["url"], headers={"Range": "bytes=2-4"})
    assert (piece.status_code, piece["Content-Range"], piece["Content-Length"]) == (206, "bytes 2-4/10", "3")
    assert me.client.get(part["url"], headers={"If-None-Match": whole["ETag"]}).status_code == 304


def test_models_are_listed_and_told(me: Api, team: Team) -> None:
    values = {"task": "text-generation", "format": "gguf", "digest": "sha256:1"}
    ModelCard.objects.create(name="small", title="Small", state="installed", **values)
    ModelCard.objects.create(name="ours", title="Ours", state="available", team=team, **values)
    found = me.get("models").json()
    assert [card["name"] for card in found["items"]] == ["ours", "small"]
    assert [card["name"] for card in me.get("models", state="installed").json()["items"]] == ["small"]
    assert me.get("models", task="text-to-image").json()["items"] == []
    first = me.get("models", limit=1).json()
    assert me.get("models", cursor=first["next"]).json() == {"items": [found["items"][1]], "next": None}
    assert me.get("models/small").json() == found["items"][1]
    assert found["items"][1]["digest"] == "sha256:1"
    assert me.get("models/none").status_code == 404


def test_every_list_is_a_keyset_page_of_at_most_200(me: Api, nobody: Api) -> None:
    """GET of each list: its two fields, its bounds, its words for a cursor or a team that is none."""
    paths = nobody.get("openapi.json").json()["paths"]
    lists = 0
    for path, methods in paths.items():
        parameters = {parameter["name"] for parameter in methods.get("get", {}).get("parameters", ())}
        if "{" in path or not {"team", "cursor", "limit"} <= parameters:
            continue
        lists += 1
        name = path.removeprefix("/api/v1/")
        assert me.get(name, limit=200).json().keys() >= {"items", "next"}, path
        for limit in (0, 201):
            assert me.get(name, limit=limit).status_code == 422, path
        if name not in ("tools", "nodes"):  # everybody's
            assert me.get(name, team=str(uuid.uuid4())).status_code == 404, path
    assert lists >= 8


def test_a_key_is_honoured_on_jobs_and_batches_apart_from_other_people(
    me: Api, person: Callable[[str], User], as_user: Callable[..., Api]
) -> None:
    somebody, key = person("creator"), {"Idempotency-Key": "the same word"}
    other = as_user(somebody)
    job = me.post("jobs", PAINT, **key).json()["id"]
    assert me.post("jobs", PAINT, **key).json()["id"] == job
    assert me.post("batches", PAINT | {"count": 2}, **key).status_code == 409  # the key stands for that job
    mine = other.post("jobs", PAINT, **key)
    assert (mine.status_code, mine.json()["id"] != job) == (201, True)
    assert jobs.visible(Actor.of(somebody)).count() == 1


@pytest.mark.parametrize("path", ["audio/speech", "audio/transcriptions"])
def test_sound_says_that_it_is_not_there(owner: User, path: str) -> None:
    """No tool makes or hears sound yet: a 4xx in the shape that clients read, not a page about a missing cookie."""
    secret = create_token(user=owner)[1]
    client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})
    asked = {"model": "default", "input": "Hello", "voice": "alloy"}
    answer = client.post(f"/v1/{path}", asked, content_type="application/json")
    assert answer.status_code == 404
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
    assert path in answer.json()["error"]["message"]

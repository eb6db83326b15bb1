"""What belongs to others is not there, also where it is only named: as input, parent, filter, turn, model."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from studio.catalog.models import ModelCard, ModelState
from studio.jobs import actions as jobs
from studio.jobs.models import Job
from studio.teams.models import Team, User
from studio.teams.rights import Actor
from studio.threads.models import Thread, Turn
from tests.security.conftest import bearer

pytestmark = pytest.mark.django_db

NOBODYS = str(uuid.uuid4())


def upload(client: Client, **more: str) -> str:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "PNG")
    answer = client.post("/api/v1/assets", {"file": SimpleUploadedFile("a.png", picture.getvalue()), **more})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


@pytest.fixture
def bobs(as_bob: Client) -> str:
    """An asset of Bob's."""
    return upload(as_bob)


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api/v1/{path}", body, content_type="application/json")


def alike(client: Client, path: str, make: Any, theirs: str) -> None:
    """Naming what is another's, and naming what is not there, get answers that tell nothing apart."""
    found = post(client, path, make(theirs))
    none = post(client, path, make(NOBODYS))
    assert found.status_code == none.status_code
    assert found.status_code in (404, 422)
    assert found.content.decode().replace(theirs, "x") == none.content.decode().replace(NOBODYS, "x")


def test_as_the_input_of_a_job(as_alice: Client, bobs: str) -> None:
    alike(as_alice, "jobs", lambda ref: {"tool": "test.invert", "inputs": {"image": ref}}, bobs)
    assert not Job.objects.exists()


def test_as_the_parent_of_a_job(as_alice: Client, bobs: str) -> None:
    alike(
        as_alice, "jobs", lambda ref: {"tool": "test.paint", "inputs": {"prompt": "x"}, "parent": ref}, bobs
    )
    assert not Job.objects.exists()


@pytest.mark.parametrize("where", ["inputs", "items", "matrix", "parent"])
def test_in_a_batch(where: str, as_alice: Client, bobs: str) -> None:
    def make(ref: str) -> dict[str, Any]:
        body: dict[str, Any] = {"tool": "test.invert", "inputs": {}}
        if where == "inputs":
            return body | {"inputs": {"image": ref}, "count": 2}
        if where == "items":
            return body | {"items": [{"image": ref}]}
        if where == "matrix":
            return body | {"matrix": {"image": [ref]}}
        return {"tool": "test.paint", "inputs": {"prompt": "x"}, "count": 2, "parent": ref}

    alike(as_alice, "batches", make, bobs)
    alike(as_alice, "batches?dry_run=1", make, bobs)
    assert not Job.objects.exists()


def test_the_unlisted_of_a_colleague(
    alice: User, team: Team, as_alice: Client, bob: User, as_bob: Client
) -> None:
    from studio.gallery.models import Asset
    from studio.teams.models import Member

    asset = upload(as_alice)
    Member.objects.create(team=team, user=bob, role="owner")
    invert = {"tool": "test.invert", "inputs": {"image": asset}}
    assert post(as_bob, "jobs", invert).status_code == 201
    Asset.objects.filter(pk=asset).update(listed=False)
    assert post(as_bob, "jobs", invert).status_code in (404, 422)


def test_a_token_for_one_team_does_not_reach_into_another(alice: User, team: Team, as_alice: Client) -> None:
    from studio.teams.actions import create_team

    other = create_team(actor=Actor.of(alice), name="Other")
    asset = upload(as_alice)
    bound = bearer(alice, team=other)
    assert bound.get(f"/api/v1/assets/{asset}").status_code == 404
    assert post(bound, "jobs", {"tool": "test.invert", "inputs": {"image": asset}}).status_code in (404, 422)
    assert (
        post(bound, "jobs", {"tool": "test.nothing", "inputs": {}, "team": str(team.pk)}).status_code == 404
    )


def test_a_turn_of_another_thread(
    alice: User, team: Team, bob: User, bobs_team: Team, as_alice: Client
) -> None:
    mine = Thread.objects.create(team=team, author=alice)
    my_other = Thread.objects.create(team=team, author=alice)
    theirs = Thread.objects.create(team=bobs_team, author=bob)
    for thread in (my_other, theirs):
        turn = Turn.objects.create(thread=thread, prompt="secret")
        body = {"prompt": "go on", "parent": str(turn.pk)}
        assert post(as_alice, f"threads/{mine.pk}/turns", body).status_code == 404
        for verb in ("regenerate", "keep"):
            assert post(as_alice, f"threads/{mine.pk}/turns/{turn.pk}/{verb}", {}).status_code == 404


def test_a_model_of_another_team(bobs_team: Team, as_alice: Client) -> None:
    card = ModelCard.objects.create(
        name="bobs-own", title="Bob's own", task="text-generation", format="gguf", team=bobs_team,
        state=ModelState.INSTALLED, digest="sha256:b", path="/nowhere/b.gguf",
    )  # fmt: skip
    chat = {"tool": "text.write", "inputs": {"prompt": "x", "model": ""}}

    def make(ref: str) -> dict[str, Any]:
        return chat | {"inputs": {"prompt": "x", "model": ref}}

    alike(as_alice, "jobs", make, str(card.pk))
    by_name = post(as_alice, "jobs", make("bobs-own"))
    assert by_name.status_code == 422
    assert "There is no model named" in by_name.json()["detail"]
    assert as_alice.get("/api/v1/models/bobs-own").status_code == 404
    assert "bobs-own" not in as_alice.get("/api/v1/models").content.decode()
    answer = as_alice.post(
        "/v1/chat/completions",
        {"model": "bobs-own", "messages": [{"role": "user", "content": "x"}]},
        content_type="application/json",
    )
    assert answer.status_code == 404
    # Nor is it anybody's default.
    assert post(as_alice, "jobs", {"tool": "text.write", "inputs": {"prompt": "x"}}).status_code == 422


def test_filters(
    alice: User, bob: User, bobs_team: Team, as_alice: Client, as_bob: Client, bobs: str
) -> None:
    batch = jobs.submit_batch(actor=Actor.of(bob), tool="test.nothing", inputs={}, team=bobs_team, count=2)
    theirs = as_alice.get("/api/v1/jobs", {"batch": str(batch.pk)})
    assert (theirs.status_code, theirs.json().get("items")) in [(200, []), (404, None)]
    for path in ("jobs", "assets", "batches", "threads", "models", "queue", "members"):
        assert as_alice.get(f"/api/v1/{path}", {"team": str(bobs_team.pk)}).status_code == 404, path
    for asked in (
        {"author": str(bob.pk)},
        {"cursor": str(uuid.UUID(int=2**128 - 1))},
        {"listed": "false"},
        {"bin": "true"},
    ):
        assert as_alice.get("/api/v1/assets", asked).json()["items"] == []
    assert len(as_bob.get("/api/v1/jobs", {"batch": str(batch.pk)}).json()["items"]) == 2


def test_moving_before_anothers_job(
    alice: User, bob: User, bobs_team: Team, team: Team, as_alice: Client
) -> None:
    mine = jobs.submit(actor=Actor.of(alice), tool="test.nothing", inputs={}, team=team)
    theirs = jobs.submit(actor=Actor.of(bob), tool="test.nothing", inputs={}, team=bobs_team)
    for job, before in ((mine, theirs), (theirs, mine)):
        body = {"job": str(job.pk), "before": str(before.pk)}
        assert post(as_alice, "queue/move", body).status_code == 404


def test_all_or_none_of_several(as_alice: Client, bobs: str) -> None:
    mine = upload(as_alice)
    assert post(as_alice, "assets/delete", {"assets": [mine, bobs]}).status_code == 404
    assert as_alice.get(f"/api/v1/assets/{mine}").status_code == 200


def test_an_upload_into_anothers_team(bobs_team: Team, as_alice: Client) -> None:
    picture = SimpleUploadedFile("a.txt", b"words")
    answer = as_alice.post("/api/v1/assets", {"file": picture, "team": str(bobs_team.pk)})
    assert answer.status_code == 404


def test_lineage_tells_nothing_of_what_one_may_not_see(
    alice: User, bob: User, bobs_team: Team, as_bob: Client, as_alice: Client, team: Team
) -> None:
    """Bob may see Alice's picture, makes one of it in his own team, and later Alice sees no child of it."""
    from studio.gallery.models import Asset, Lineage

    parent, child = Asset.objects.get(pk=upload(as_alice)), Asset.objects.get(pk=upload(as_bob))
    Lineage.objects.create(parent=parent, child=child, role="parent")
    seen = as_alice.get(f"/api/v1/assets/{parent.pk}").json()
    assert seen["children"] == []
    assert as_bob.get(f"/api/v1/assets/{child.pk}").json()["parents"] == []


def test_an_idempotency_key_of_somebody_else(as_alice: Client, as_bob: Client) -> None:
    body = {"tool": "test.nothing", "inputs": {}}
    made = [
        client.post("/api/v1/jobs", body, content_type="application/json", headers={"Idempotency-Key": "k"})
        for client in (as_alice, as_bob)
    ]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json()["id"] != made[1].json()["id"]

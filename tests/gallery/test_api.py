"""The calls about assets, as outside programs make them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from studio.gallery import actions
from studio.gallery.models import Asset
from studio.teams.actions import create_token
from studio.teams.models import User
from studio.teams.rights import Actor
from tests.gallery.conftest import People, png_bytes

Make = Callable[..., Asset]
SignedIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def send(client: Client, data: bytes, name: str = "a.png", **more: Any) -> Any:
    return client.post("/api/v1/assets", {"file": SimpleUploadedFile(name, data), **more})


def change(client: Client, asset: Asset, **what: Any) -> Any:
    return client.patch(f"/api/v1/assets/{asset.pk}", json.dumps(what), content_type="application/json")


def test_upload(people: People, signed_in: SignedIn) -> None:
    client = signed_in(people.carol)
    answer = send(client, png_bytes((40, 30)), "Fox.png", team=str(people.team.pk))
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert answer["Location"] == f"/api/v1/assets/{told['id']}"
    assert (told["medium"], told["mime"], told["width"], told["height"]) == ("image", "image/png", 40, 30)
    assert (told["title"], told["digest"][:7], told["content_digest"][:7]) == ("Fox", "sha256:", "sha256:")
    assert told["rating"] == {"own": None, "mean": None, "n": 0}
    for key in ("content", "thumbnail", "preview"):
        assert client.get(told["urls"][key]).status_code == 200
    assert client.get(f"/api/v1/assets/{told['id']}").json() == told


def test_upload_of_what_was_made_by_hand(people: People, signed_in: SignedIn) -> None:
    """A mask for an edit: a child of the picture that the gallery does not show."""
    client = signed_in(people.carol)
    team = str(people.team.pk)
    picture = send(client, png_bytes((40, 30)), team=team).json()
    told = send(
        client, png_bytes((40, 31)), "mask.png", team=team, parent=picture["id"], listed="false"
    ).json()
    assert told["listed"] is False
    assert told["parents"] == [{"id": picture["id"], "role": "parent"}]
    shown = client.get("/api/v1/assets", {"team": team}).json()["items"]
    assert [each["id"] for each in shown] == [picture["id"]]
    others = send(signed_in(people.otto), png_bytes()).json()
    refused = send(client, png_bytes(), team=team, parent=others["id"])
    assert (refused.status_code, refused.json()["errors"][0]["loc"]) == (422, ["parent"])


def test_upload_goes_to_ones_own_team(people: People, signed_in: SignedIn) -> None:
    told = send(signed_in(people.carol), png_bytes()).json()
    assert told["team"] == str(people.carol.personal_team.pk)


def test_upload_with_a_token_goes_to_its_team(people: People) -> None:
    _token, secret = create_token(user=people.carol, team=people.team, scopes=["write"])
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    assert send(client, png_bytes()).json()["team"] == str(people.team.pk)
    _token, secret = create_token(user=people.carol, team=people.team, scopes=["read"])
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    assert send(client, png_bytes()).status_code == 403
    assert client.get("/api/v1/assets").status_code == 200


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"", 415, "empty"),
        (b"\x89PNG\r\n\x1a\n", 415, "broken"),
        (png_bytes()[:40], 415, "broken"),
        (b"PK\x03\x04zip", 415, "archive"),
        (b"\xff\xfe\x00", 415, ""),
    ],
)
def test_what_is_refused(people: People, signed_in: SignedIn, data: bytes, status: int, words: str) -> None:
    answer = send(signed_in(people.carol), data)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert words in answer.json()["detail"]
    assert answer.json()["errors"][0]["loc"] == ["file"]


def test_too_large(people: People, signed_in: SignedIn, settings: Settings) -> None:
    settings.UPLOAD_LIMIT = 20
    assert send(signed_in(people.carol), png_bytes()).status_code == 413


def test_no_file(people: People, signed_in: SignedIn) -> None:
    assert signed_in(people.carol).post("/api/v1/assets", {"medium": "image"}).status_code == 422
    assert send(signed_in(people.carol), png_bytes(), medium="smell").status_code == 422


def test_a_large_file_comes_through_the_disk(people: People, signed_in: SignedIn) -> None:
    data = b"a line of words\n" * 200_000
    told = send(signed_in(people.carol), data, "long.md").json()
    assert (told["medium"], told["mime"], told["bytes"]) == ("text", "text/markdown", len(data))


def test_list(people: People, asset: Make, signed_in: SignedIn) -> None:
    made = [asset(title=f"n{n}") for n in range(3)]
    client = signed_in(people.victor)
    first = client.get("/api/v1/assets?limit=2").json()
    assert [item["id"] for item in first["items"]] == [str(made[2].pk), str(made[1].pk)]
    second = client.get("/api/v1/assets", {"limit": 2, "cursor": first["next"]}).json()
    assert [item["title"] for item in second["items"]] == ["n0"]
    assert second["next"] is None
    assert client.get("/api/v1/assets?q=n1").json()["items"][0]["title"] == "n1"
    assert client.get("/api/v1/assets", {"q": "\"') OR 1=1 --"}).status_code == 200
    assert client.get("/api/v1/assets?limit=201").status_code == 422
    assert client.get("/api/v1/assets?cursor=x").status_code == 422
    assert client.get("/api/v1/assets?rating=9").status_code == 422
    assert client.get(f"/api/v1/assets?team={people.otto.personal_team.pk}").status_code == 404


def test_a_list_takes_few_queries(
    people: People, asset: Make, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    made = [asset() for _n in range(8)]
    actions.edit(Actor.of(people.carol), made[0], tags=["a", "b"], rating=4)
    client = signed_in(people.victor)
    client.get("/api/v1/assets")
    with django_assert_max_num_queries(12):
        assert len(client.get("/api/v1/assets").json()["items"]) == 8


def test_change(people: People, asset: Make, signed_in: SignedIn) -> None:
    made = asset(title="Old")
    answer = change(signed_in(people.carol), made, title="New", tags=["sea"], rating=5)
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["title"], told["tags"], told["rating"]) == ("New", ["sea"], {"own": 5, "mean": 5.0, "n": 1})
    assert change(signed_in(people.victor), made, title="x").status_code == 403
    assert change(signed_in(people.otto), made, title="x").status_code == 404
    assert change(signed_in(people.carol), made, rating=6).status_code == 422
    assert change(signed_in(people.carol), made, prompt="x").status_code == 422
    others = signed_in(people.victor).get(f"/api/v1/assets/{made.pk}").json()
    assert others["rating"] == {"own": None, "mean": 5.0, "n": 1}


def test_bin(people: People, asset: Make, signed_in: SignedIn) -> None:
    made = asset()
    client = signed_in(people.carol)
    assert client.delete(f"/api/v1/assets/{made.pk}").status_code == 204
    assert client.get("/api/v1/assets").json()["items"] == []
    assert client.get("/api/v1/assets?bin=true").json()["items"][0]["deleted_at"]
    assert signed_in(people.victor).post(f"/api/v1/assets/{made.pk}/restore").status_code == 403
    assert client.post(f"/api/v1/assets/{made.pk}/restore").json()["deleted_at"] is None


def test_bin_of_several(people: People, asset: Make, signed_in: SignedIn) -> None:
    made = [asset() for _n in range(3)]
    client = signed_in(people.carol)

    def several(verb: str, *ids: object) -> Any:
        body = json.dumps({"assets": [str(id) for id in ids]})
        return client.post(f"/api/v1/assets/{verb}", body, content_type="application/json")

    assert several("delete", made[0].pk, people.team.pk).status_code == 404
    assert several("delete", *[a.pk for a in made]).json() == {"changed": 3}
    assert several("restore", made[0].pk, made[1].pk).json() == {"changed": 2}
    assert several("delete").status_code == 422


def test_family(people: People, asset: Make, signed_in: SignedIn) -> None:
    parent = asset()
    child = asset(parents=[(parent.pk, "parent")])
    asset("a chat", listed=False, parents=[(parent.pk, "parent")])
    client = signed_in(people.victor)
    told = client.get(f"/api/v1/assets/{parent.pk}").json()
    assert told["children"] == [{"id": str(child.pk), "role": "parent"}]
    told = client.get(f"/api/v1/assets/{child.pk}").json()
    assert told["parents"] == [{"id": str(parent.pk), "role": "parent"}]


def test_who_may(people: People, asset: Make, signed_in: SignedIn) -> None:
    made = asset()
    url = f"/api/v1/assets/{made.pk}"
    for client, status in ((Client(), 401), (signed_in(people.otto), 404)):
        assert client.get(url).status_code == status
        assert client.delete(url).status_code == status
        assert client.post(f"{url}/restore").status_code == status
        assert change(client, made, title="x").status_code == status

"""Uploads in pieces, over HTTP as a tus client sends them."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from studio.gallery import collector, storage, uploads
from studio.gallery.models import Asset, Upload
from studio.teams.models import User
from tests.gallery.conftest import People, png_bytes

SignedIn = Callable[[User], Client]
TUS = {"Tus-Resumable": "1.0.0"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_scratch(tmp_path: Path, settings: Settings) -> None:
    settings.SCRATCH = tmp_path / "scratch"


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def begin(client: Client, length: int, **about: str) -> Any:
    told = ",".join(f"{key} {b64(value)}" for key, value in about.items())
    headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": told}
    return client.post("/api/v1/uploads/", headers=headers, content_type="application/octet-stream")


def send(client: Client, url: str, piece: bytes, offset: int, **more: Any) -> Any:
    headers = {**TUS, "Upload-Offset": str(offset)}
    return client.patch(
        url, data=piece, headers=headers, **{"content_type": "application/offset+octet-stream", **more}
    )


def test_it_works(people: People, signed_in: SignedIn) -> None:
    client, whole = signed_in(people.carol), png_bytes((300, 200))
    begun = begin(client, len(whole), filename="Größe.png", team=str(people.team.pk), medium="image")
    assert begun.status_code == 201, begun.content
    url = begun["Location"]
    first = send(client, url, whole[:100], 0)
    assert (first.status_code, first["Upload-Offset"]) == (204, "100")
    where = client.head(url, headers=TUS)
    assert (where["Upload-Offset"], where["Upload-Length"]) == ("100", str(len(whole)))
    assert where["Cache-Control"] == "no-store"
    last = send(client, url, whole[100:], 100)
    assert last.status_code == 204, last.content
    asset = Asset.objects.get()
    assert last["Studio-Asset"] == f"/api/v1/assets/{asset.pk}"
    assert (asset.title, asset.width, asset.team, asset.author) == ("Größe", 300, people.team, people.carol)
    with storage.current().open(asset.blob_id) as file:
        assert file.read() == whole
    assert client.get(url).json() == {
        "id": url.rpartition("/")[2],
        "offset": len(whole),
        "bytes": len(whole),
        "asset": str(asset.pk),
    }
    assert not list(uploads.folder().glob("*"))
    assert send(client, url, b"more", len(whole)).status_code == 409


def test_a_piece_at_the_wrong_place(people: People, signed_in: SignedIn) -> None:
    client = signed_in(people.carol)
    url = begin(client, 10)["Location"]
    assert send(client, url, b"abc", 5).status_code == 409
    assert send(client, url, b"abc", 0).status_code == 204
    assert send(client, url, b"abc", 0).status_code == 409
    assert client.head(url)["Upload-Offset"] == "3"


def test_more_than_was_said(people: People, signed_in: SignedIn) -> None:
    client = signed_in(people.carol)
    url = begin(client, 4)["Location"]
    assert send(client, url, b"abcdef", 0).status_code == 413
    assert client.head(url)["Upload-Offset"] == "0"
    assert send(client, url, b"abcd", 0).status_code == 204


def test_what_is_refused_is_forgotten(people: People, signed_in: SignedIn) -> None:
    client = signed_in(people.carol)
    url = begin(client, 4, filename="x.png")["Location"]
    answer = send(client, url, b"\x00\x01\x02\x03", 0)
    assert answer.status_code == 415
    assert answer["Content-Type"] == "application/problem+json"
    assert client.head(url).status_code == 404
    assert not Upload.objects.exists()


def test_too_large_and_wrong(people: People, signed_in: SignedIn, settings: Settings) -> None:
    settings.UPLOAD_LIMIT = 1000
    client = signed_in(people.carol)
    assert begin(client, 1001).status_code == 413
    assert begin(client, 0).status_code == 422
    assert begin(client, 10, medium="smell").status_code == 422
    assert begin(client, 10, team="x").status_code == 422
    url = begin(client, 10)["Location"]
    assert send(client, url, b"x", 0, content_type="text/plain").status_code == 415
    headers = {"Upload-Length": "10"}
    assert client.post("/api/v1/uploads/", headers=headers, content_type="x/y").status_code == 412
    headers = {**TUS, "Upload-Length": "10", "Upload-Metadata": "filename ???"}
    assert client.post("/api/v1/uploads/", headers=headers, content_type="x/y").status_code == 422


def test_what_it_can(people: People, signed_in: SignedIn) -> None:
    answer = signed_in(people.carol).options("/api/v1/uploads/")
    assert answer["Tus-Version"] == "1.0.0"
    assert "creation" in answer["Tus-Extension"]


def test_who_may(people: People, signed_in: SignedIn) -> None:
    url = begin(signed_in(people.carol), 10, team=str(people.team.pk))["Location"]
    assert begin(signed_in(people.victor), 10, team=str(people.team.pk)).status_code == 403
    assert begin(signed_in(people.otto), 10, team=str(people.team.pk)).status_code == 404
    assert begin(Client(), 10).status_code == 401
    for user in (people.alice, people.otto):
        client = signed_in(user)
        assert client.head(url).status_code == 404
        assert send(client, url, b"x", 0).status_code == 404
        assert client.delete(url).status_code == 404
    assert signed_in(people.carol).head(f"/api/v1/uploads/{uuid.uuid4()}").status_code == 404


def test_giving_up(people: People, signed_in: SignedIn) -> None:
    client = signed_in(people.carol)
    url = begin(client, 10)["Location"]
    assert client.delete(url).status_code == 204
    assert client.head(url).status_code == 404
    assert not list(uploads.folder().glob("*"))


def test_what_nobody_goes_on_with_goes_after_a_day(people: People, signed_in: SignedIn) -> None:
    url = begin(signed_in(people.carol), 10)["Location"]
    assert collector.tidy()["uploads"] == 0
    Upload.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert collector.tidy()["uploads"] == 1
    assert signed_in(people.carol).head(url).status_code == 404


def test_a_process_that_died_after_the_last_byte_leaves_nothing_open(
    people: People, signed_in: SignedIn
) -> None:
    """All bytes had come and nobody made the asset: whoever asks how far it is, finishes it, once."""
    client, whole = signed_in(people.carol), png_bytes((30, 20))
    url = begin(client, len(whole), filename="a.png", team=str(people.team.pk))["Location"]
    uploads.path_of(Upload.objects.get()).write_bytes(whole)
    assert client.head(url, headers=TUS)["Upload-Offset"] == str(len(whole))
    (asset,) = Asset.objects.all()
    assert client.get(url).json()["asset"] == str(asset.pk)
    assert Asset.objects.count() == 1

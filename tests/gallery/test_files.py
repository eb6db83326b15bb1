"""The bytes of an asset over HTTP: whole, in ranges, conditionally, and never as something a browser runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.http import StreamingHttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from studio.gallery.actions import add
from studio.gallery.models import Asset
from studio.teams.models import User
from tests.gallery.conftest import People

SignedIn = Callable[[User], Client]
BODY = "0123456789" * 10

pytestmark = pytest.mark.django_db


@pytest.fixture
def text(people: People, asset: Callable[..., Asset]) -> Asset:
    return asset(BODY, title="Night / train")


@pytest.fixture
def get(text: Asset, people: People, signed_in: SignedIn) -> Callable[..., Any]:
    client = signed_in(people.victor)
    return lambda **headers: client.get(
        f"/api/v1/assets/{text.pk}/content",
        headers={key.replace("_", "-"): value for key, value in headers.items()},
    )


def body(response: Any) -> bytes:
    """The bytes of an answer, streamed or not."""
    if not isinstance(response, StreamingHttpResponse):
        return bytes(response.getvalue())

    async def collect() -> bytes:
        return b"".join([block async for block in response])

    return async_to_sync(collect)()


def test_it_works(get: Callable[..., Any], text: Asset) -> None:
    response = get()
    assert response.status_code == 200
    assert body(response) == BODY.encode()
    assert response["Content-Length"] == "100"
    assert response["ETag"] == f'"{text.blob_id}"'
    assert response["Accept-Ranges"] == "bytes"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == 'inline; filename="Night train.txt"'
    assert response["Cache-Control"] == "private, no-cache"
    assert "sandbox" in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("0-9", 0, 10), ("90-", 90, 100), ("-5", 95, 100), ("0-0", 0, 1), ("99-500", 99, 100), ("-500", 0, 100)],
)
def test_a_range(get: Callable[..., Any], asked: str, start: int, end: int) -> None:
    response = get(Range=f"bytes={asked}")
    assert body(response) == BODY.encode()[start:end]
    if end - start == 100:
        assert response.status_code == 200
        return
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {start}-{end - 1}/100"
    assert response["Content-Length"] == str(end - start)


@pytest.mark.parametrize("asked", ["100-", "500-600", "-0"])
def test_a_range_beyond_the_end(get: Callable[..., Any], asked: str) -> None:
    response = get(Range=f"bytes={asked}")
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */100"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "lines=1-2", "bytes=9-1", "bytes=-", "bytes=a-b", "x"])
def test_a_range_that_is_none_gives_the_whole(get: Callable[..., Any], asked: str) -> None:
    response = get(Range=asked)
    assert response.status_code == 200
    assert body(response) == BODY.encode()


def test_if_range(get: Callable[..., Any], text: Asset) -> None:
    assert get(Range="bytes=0-4", If_Range=f'"{text.blob_id}"').status_code == 206
    assert get(Range="bytes=0-4", If_Range='"another"').status_code == 200
    assert get(Range="bytes=0-4", If_Range=f'W/"{text.blob_id}"').status_code == 200  # weak: never for ranges


def test_if_none_match(get: Callable[..., Any], text: Asset) -> None:
    for tags in (f'"{text.blob_id}"', f'"x", W/"{text.blob_id}"', "*"):
        response = get(If_None_Match=tags)
        assert response.status_code == 304
        assert body(response) == b""
    assert get(If_None_Match='"x"').status_code == 200


def test_head(text: Asset, people: People, signed_in: SignedIn) -> None:
    client = signed_in(people.victor)
    response = client.head(f"/api/v1/assets/{text.pk}/content")
    assert (response.status_code, response["Content-Length"], response.content) == (200, "100", b"")
    response = client.head(f"/api/v1/assets/{text.pk}/content", headers={"Range": "bytes=0-9"})
    assert (response.status_code, response["Content-Length"]) == (206, "10")


def test_a_large_file_is_streamed(people: People, tmp_path: Path, signed_in: SignedIn) -> None:
    path = tmp_path / "long.txt"
    path.write_text("abcdefghij" * 300_000)
    asset = add(team=people.team, author=people.carol, path=path)
    client = signed_in(people.victor)
    response = client.get(f"/api/v1/assets/{asset.pk}/content")
    assert response.streaming
    assert body(response) == path.read_bytes()
    response = client.get(f"/api/v1/assets/{asset.pk}/content", headers={"Range": "bytes=5-2000004"})
    assert body(response) == path.read_bytes()[5:2_000_005]


def test_a_download(text: Asset, people: People, signed_in: SignedIn) -> None:
    response = signed_in(people.victor).get(f"/api/v1/assets/{text.pk}/content?download=1")
    assert response["Content-Disposition"] == 'attachment; filename="Night train.txt"'


def test_renditions(people: People, picture: Callable[..., Path], signed_in: SignedIn) -> None:
    small = add(team=people.team, author=people.carol, path=picture())
    large = add(team=people.team, author=people.carol, path=picture("b.png", (900, 600)))
    client = signed_in(people.victor)
    for asset, which, size in ((small, "thumbnail", 1), (small, "preview", 1), (large, "preview", 2)):
        response = client.get(f"/api/v1/assets/{asset.pk}/{which}")
        assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
        assert "immutable" in response["Cache-Control"]
        assert "private" in response["Cache-Control"]
        assert len(response.content) > size


def test_a_text_has_no_picture(text: Asset, people: People, signed_in: SignedIn) -> None:
    assert signed_in(people.victor).get(f"/api/v1/assets/{text.pk}/thumbnail").status_code == 404


def test_a_part_that_a_browser_could_run_is_a_download(
    people: People, written: Callable[[str], Path], signed_in: SignedIn
) -> None:
    parts = [
        ("page", written("<script>alert(1)</script>"), "text/html"),
        ("song", written("x"), "audio/midi"),
    ]
    asset = add(team=people.team, author=people.carol, path=written("words"), parts=parts)
    client = signed_in(people.victor)
    response = client.get(f"/api/v1/assets/{asset.pk}/parts/page")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"].startswith("attachment")
    assert client.get(f"/api/v1/assets/{asset.pk}/parts/song")["Content-Disposition"].startswith("attachment")
    assert client.get(f"/api/v1/assets/{asset.pk}/parts/other").status_code == 404


def test_who_may(text: Asset, people: People, signed_in: SignedIn, asset: Callable[..., Asset]) -> None:
    url = f"/api/v1/assets/{text.pk}/content"
    assert Client().get(url).status_code == 401
    assert signed_in(people.otto).get(url).status_code == 404
    assert signed_in(people.otto).head(url).status_code == 404
    private = asset("a chat", listed=False)
    url = f"/api/v1/assets/{private.pk}/content"
    assert signed_in(people.alice).get(url).status_code == 404
    assert signed_in(people.carol).get(url).status_code == 200


def test_behind_a_proxy(get: Callable[..., Any], text: Asset, settings: Settings) -> None:
    settings.ACCEL = "/blobs/"
    response = get(Range="bytes=0-4")
    name = text.blob_id.removeprefix("sha256:")
    assert response["X-Accel-Redirect"] == f"/blobs/sha256/{name[:2]}/{name[2:4]}/{name}"
    assert body(response) == b""


def test_bytes_that_are_gone_are_a_404(get: Callable[..., Any], text: Asset) -> None:
    from studio.gallery import storage

    path = storage.current().path(text.blob_id)
    assert path is not None
    path.unlink()
    assert get().status_code == 404

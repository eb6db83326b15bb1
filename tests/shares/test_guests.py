"""What a guest reaches by a share link: every route × every state of the link. What stands here was decided."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from studio.teams.rights import Actor, NotAllowed, NotThere

if TYPE_CHECKING:
    from studio.gallery.models import Asset
    from studio.shares.models import ShareLink
    from tests.gallery.conftest import People

pytestmark = pytest.mark.django_db

Make = Callable[..., "Asset"]
Picture = Callable[..., Path]
SECRET_WORDS = "a lamp that nobody may read of"


@pytest.fixture
def work(people: People, picture: Picture) -> Asset:
    from studio.gallery.actions import add

    return add(
        team=people.team, author=people.carol, path=picture(size=(640, 480)), title="Harbour", prompt=SECRET_WORDS,
        facts={"tool": "image.generate", "inputs": {"prompt": SECRET_WORDS, "seed": 7}}, tool="image.generate",
    )  # fmt: skip


@pytest.fixture
def words(asset: Make) -> Asset:
    """Where it is no matter what is shared: a text needs no child process."""
    return asset(title="Harbour")


@pytest.fixture
def other(people: People, asset: Make) -> Asset:
    return asset(title="Another")


def link_to(people: People, thing: Any, **more: Any) -> tuple[ShareLink, str]:
    from studio.shares import actions

    return actions.share(Actor.of(people.carol), thing, **more)


STATES = ("plain", "password", "password given", "expired", "revoked", "unknown")
ROUTES: dict[str, tuple[str, str, tuple[int, ...]]] = {
    # route: (method, path, answers in the order of STATES)
    "page": ("get", "/s/{secret}/", (200, 401, 200, 404, 404, 404)),
    "one": ("get", "/s/{secret}/{asset}/", (200, 401, 200, 404, 404, 404)),
    "picture": ("get", "/s/{secret}/{asset}/picture", (200, 404, 200, 404, 404, 404)),
    "small picture": ("get", "/s/{secret}/{asset}/picture?small", (200, 404, 200, 404, 404, 404)),
    "file": ("get", "/s/{secret}/{asset}/file", (404, 404, 404, 404, 404, 404)),
    "download": ("get", "/s/{secret}/{asset}/file?download=1", (404, 404, 404, 404, 404, 404)),
    "comment": ("post", "/s/{secret}/{asset}/", (404, 401, 404, 404, 404, 404)),
    "another asset": ("get", "/s/{secret}/{other}/", (404, 401, 404, 404, 404, 404)),
    "another's picture": ("get", "/s/{secret}/{other}/picture", (404, 404, 404, 404, 404, 404)),
    "another's file": ("get", "/s/{secret}/{other}/file", (404, 404, 404, 404, 404, 404)),
    "the studio's own picture": ("get", "/api/v1/assets/{asset}/preview", (401,) * 6),
    "the studio's own page": ("get", "/assets/{asset}/", (302,) * 6),
}


def in_state(people: People, work: Asset, state: str, client: Client) -> str:
    from studio.shares import actions
    from studio.shares.models import ShareLink

    link, secret = link_to(people, work, password="open sesame" if "password" in state else "")
    if state == "password given":
        answer = client.post(f"/s/{secret}/", {"password": "open sesame"})
        assert answer.status_code == 302
    elif state == "expired":
        ShareLink.objects.filter(pk=link.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    elif state == "revoked":
        actions.revoke(Actor.of(people.carol), link)
    elif state == "unknown":
        secret = "x" * 32
    return secret


def test_every_route(people: People, work: Asset, other: Asset) -> None:
    found: dict[str, tuple[int, ...]] = dict.fromkeys(ROUTES, ())
    for state in STATES:
        client = Client()
        secret = in_state(people, work, state, client)
        for name, (method, path, _answers) in ROUTES.items():
            address = path.format(secret=secret, asset=work.pk, other=other.pk)
            given = {"name": "Gil", "text": "Hm"} if method == "post" else None
            answer = getattr(client, method)(address, given)
            found[name] += (answer.status_code,)
            if answer.status_code == 200:
                assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert found == {name: answers for name, (_method, _path, answers) in ROUTES.items()}


def test_the_work_and_nothing_else(people: People, work: Asset) -> None:
    """Never the prompt, the inputs or who made it."""
    _link, secret = link_to(people, work, title="For you")
    page = Client().get(f"/s/{secret}/").content.decode()
    assert "For you" in page
    for hidden in (SECRET_WORDS, "image.generate", "Carol", people.carol.email):
        assert hidden not in page
    shown = Client().get(f"/s/{secret}/{work.pk}/picture")
    assert shown.headers["Content-Type"] == "image/webp"
    assert SECRET_WORDS.encode() not in shown.content


def test_a_download_where_it_is_allowed(people: People, work: Asset) -> None:
    _link, secret = link_to(people, work, may_download=True)
    answer = Client().get(f"/s/{secret}/{work.pk}/file?download=1")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert len(answer.content) == work.bytes


def test_a_watermark(people: People, work: Asset) -> None:
    """The picture carries it, at every address, and the plain one is nowhere to be had."""
    import numpy as np

    _plain, secret = link_to(people, work)
    _link, marked = link_to(people, work, watermark="Draft")
    plain = Client().get(f"/s/{secret}/{work.pk}/picture").content
    for address in (f"/s/{marked}/{work.pk}/picture", f"/s/{marked}/{work.pk}/picture?small"):
        shown = Client().get(address).content
        before, after = (
            np.asarray(Image.open(io.BytesIO(each)).convert("RGB"), int) for each in (plain, shown)
        )
        assert after.shape == before.shape == (480, 640, 3)
        assert 0.01 < np.mean(np.abs(before - after).max(axis=2) > 40) < 0.5
    assert Client().get(f"/s/{marked}/{work.pk}/file").status_code == 404


@pytest.fixture
def film(people: People, tmp_path: Path) -> Asset:
    """A second of grey film with a hum."""
    import av
    import numpy as np

    from studio.gallery.actions import add

    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as container:
        shown = container.add_stream("mpeg4", rate=10)
        shown.width, shown.height = 320, 240
        heard = container.add_stream("aac", rate=48_000, layout="mono")
        grey = np.full((240, 320, 3), 128, dtype=np.uint8)
        for _n in range(10):
            container.mux(shown.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        hum = av.AudioFrame.from_ndarray(
            np.full((1, 48_000), 0.1, dtype=np.float32), format="fltp", layout="mono"
        )
        hum.sample_rate = 48_000
        container.mux([*heard.encode(hum), *heard.encode(), *shown.encode()])
    return add(team=people.team, author=people.carol, path=path, title="Waves", tool="")


@pytest.fixture
def sound(people: People, tmp_path: Path) -> Asset:
    """Ten seconds of silence, in which every tone can be heard."""
    import wave

    from studio.gallery.actions import add

    path = tmp_path / "silence.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44_100)
        file.writeframes(bytes(2 * 2 * 44_100 * 10))
    return add(team=people.team, author=people.carol, path=path, title="Silence", tool="")


def wait_played(client: Client, address: str) -> bytes:
    """The marked file, once it is there."""
    import time

    end = time.monotonic() + 600
    while time.monotonic() < end:
        answer = client.get(address)
        if answer.status_code != 503:
            assert answer.status_code == 200
            content: bytes = answer.content
            return content
        assert answer.headers["Retry-After"]
        time.sleep(0.1)
    raise AssertionError("it was not marked in ten minutes")


@pytest.mark.slow
def test_a_watermark_over_film_and_sound(people: People, film: Asset, sound: Asset, asset: Make) -> None:
    """What is played carries it; while it is being made, where it cannot be and for a download there is nothing."""
    import av
    import numpy as np

    from studio.gallery import boards
    from studio.gallery.models import Asset as AssetRow

    carol = Actor.of(people.carol)
    words = asset("Words that nobody reads here")
    board = boards.create(carol, people.team, title="All")
    boards.add(carol, board, [film.pk, sound.pk, words.pk])
    _link, secret = link_to(people, board, watermark="Draft")
    client = Client()
    page = client.get(f"/s/{secret}/{film.pk}/").content.decode()
    assert "being laid over it" in page
    assert "<video" not in page

    shown = wait_played(client, f"/s/{secret}/{film.pk}/file")
    assert "<video" in client.get(f"/s/{secret}/{film.pk}/").content.decode()
    with av.open(io.BytesIO(shown), "r", format="matroska") as container:
        assert len(container.streams.audio) == 1
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    assert len(frames) == 10
    assert frames[0].shape == (240, 320)
    for frame in (frames[0], frames[-1]):
        assert 0.01 < np.mean(np.abs(frame.astype(int) - 128) > 25) < 0.5

    heard = wait_played(client, f"/s/{secret}/{sound.pk}/file")
    with av.open(io.BytesIO(heard), "r", format="mp3") as container:
        wave = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    loud = [float(np.abs(wave[second * 48_000 : (second + 1) * 48_000]).max()) > 0.05 for second in range(10)]
    assert loud == [True, *[False] * 7, True, False]

    ranged = client.get(f"/s/{secret}/{sound.pk}/file", headers={"Range": "bytes=10-19"})
    assert (ranged.status_code, ranged.content) == (206, heard[10:20])
    for asset_id in (film.pk, sound.pk):
        assert client.get(f"/s/{secret}/{asset_id}/file?download=1").status_code == 404
    assert client.get(f"/s/{secret}/{words.pk}/file").status_code == 404
    page = client.get(f"/s/{secret}/{words.pk}/").content.decode()
    assert "with a watermark only" in page
    assert "Words that nobody reads" not in page
    AssetRow.objects.filter(pk=film.pk).update(duration_s=7200)
    page = client.get(f"/s/{secret}/{film.pk}/").content.decode()
    assert "10 minutes" in page
    assert "<video" not in page


def test_a_board(people: People, words: Asset, other: Asset, asset: Make) -> None:
    """What is on it now: put on later it shows, taken off or deleted it does not."""
    from studio.gallery import actions as gallery
    from studio.gallery import boards

    carol = Actor.of(people.carol)
    board = boards.create(carol, people.team, title="Harbour")
    boards.add(carol, board, [words.pk])
    _link, secret = link_to(people, board)
    client = Client()
    assert client.get(f"/s/{secret}/{words.pk}/").status_code == 200
    assert client.get(f"/s/{secret}/{other.pk}/").status_code == 404
    boards.add(carol, board, [other.pk])
    assert client.get(f"/s/{secret}/{other.pk}/").status_code == 200
    assert "Another" in client.get(f"/s/{secret}/").content.decode()
    gallery.delete(carol, [other])
    assert client.get(f"/s/{secret}/{other.pk}/").status_code == 404
    boards.delete(Actor.of(people.alice), board)
    assert client.get(f"/s/{secret}/").status_code == 404


def test_a_guest_comments(people: People, words: Asset) -> None:
    from studio.notices.models import Notice
    from studio.review.models import Comment

    _link, secret = link_to(people, words, may_comment=True)
    from studio.review import actions as reviews

    reviews.comment(Actor.of(people.rita), words, "Among ourselves")
    client = Client()
    said = client.post(f"/s/{secret}/", {"name": "Gil", "text": "Warmer <b>please</b>"})
    assert said.status_code == 302
    row = Comment.objects.get(author=None)
    assert (row.guest, row.author, row.asset_id) == ("Gil", None, words.pk)
    page = client.get(f"/s/{secret}/").content.decode()
    assert "Warmer &lt;b&gt;please&lt;/b&gt;" in page
    assert 'value="Gil"' in page
    assert "Among ourselves" not in page
    assert Notice.objects.filter(person=people.carol).latest("pk").title.startswith("Gil")
    refused = client.post(f"/s/{secret}/", {"name": "Gil", "text": " "})
    assert refused.status_code == 422


def test_wrong_passwords_are_counted(people: People, words: Asset) -> None:
    _link, secret = link_to(people, words, password="open sesame")
    client = Client()
    statuses = [client.post(f"/s/{secret}/", {"password": f"guess {n}"}).status_code for n in range(12)]
    assert statuses[:10] == [403] * 10
    assert statuses[-1] == 429
    assert client.post(f"/s/{secret}/", {"password": "open sesame"}).status_code == 429


def test_who_may_share_and_revoke(people: People, words: Asset, asset: Make) -> None:
    from studio.problems import InvalidInputs
    from studio.shares import actions

    with pytest.raises(NotAllowed):
        actions.share(Actor.of(people.rita), words)
    with pytest.raises(NotThere):
        actions.share(Actor.of(people.otto), words)
    link, _secret = link_to(people, words)
    with pytest.raises(NotAllowed):
        actions.revoke(Actor.of(people.rita), link)
    with pytest.raises(NotThere):
        actions.get_visible(Actor.of(people.otto), link.pk)
    actions.revoke(Actor.of(people.alice), link)
    for wrong in (
        {"password": "abc"},
        {"expires_at": timezone.now()},
        {"watermark": "Draft", "may_download": True},
    ):
        with pytest.raises(InvalidInputs):
            link_to(people, words, **wrong)
    with pytest.raises(InvalidInputs):
        link_to(people, asset(), watermark="Draft")  # a text
    with pytest.raises(InvalidInputs):
        link_to(people, asset(listed=False))

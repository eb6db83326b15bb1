"""Filters of the gallery, pages upwards, and what looks alike."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import async_to_sync
from PIL import Image, ImageDraw

from studio.gallery import alike
from studio.gallery.actions import add
from studio.gallery.likeness import distance
from studio.gallery.models import Asset
from studio.gallery.search import find
from studio.gallery.seen import look
from studio.teams.rights import Actor

if TYPE_CHECKING:
    from django.test import Client

    from studio.teams.models import User
    from tests.gallery.conftest import People

Make = Callable[..., "Asset"]
SignedIn = Callable[["User"], "Client"]


def _drawn(path: Path, size: tuple[int, int], shift: float = 0, ground: str = "#2860d0", **save: Any) -> Path:
    """A red disc and a white band on a ground; the same but for scale whatever the size."""
    picture = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(picture)
    w, h = size
    draw.ellipse((w * (0.1 + shift), h * 0.2, w * (0.5 + shift), h * 0.7), fill="#d02020")
    draw.rectangle((0, h * 0.8, w * 0.7, h), fill="white")
    picture.save(path, **save)
    return path


@pytest.fixture
def drawn(people: People, tmp_path: Path) -> Callable[..., Asset]:
    def make(name: str, size: tuple[int, int] = (160, 120), **how: Any) -> Asset:
        file = _drawn(tmp_path / name, size, **how)
        return add(team=people.team, author=people.carol, path=file, title=name)

    return make


def _found(people: People, **asked: Any) -> list[str]:
    return [asset.title for asset in find(Actor.of(people.carol), **asked).items]


def test_by_colour_and_size(people: People, asset: Make, drawn: Callable[..., Asset]) -> None:
    drawn("blue.png")
    drawn("green.png", (400, 300), ground="#20a030")
    asset(title="words")
    assert _found(people, colour="blue") == ["blue.png"]
    assert _found(people, colour="red") == ["green.png", "blue.png"]
    assert _found(people, colour="red", min_width=200) == ["green.png"]
    assert _found(people, max_width=200) == ["blue.png"]
    assert _found(people, colour="yellow") == []
    assert _found(people, min_duration=0.1) == []


def test_by_person_date_review_and_board(people: People, asset: Make) -> None:
    asset(title="carol's")
    asset(title="alice's", author=people.alice)
    Asset.objects.filter(title="alice's").update(review_state="approved")
    assert _found(people, author=people.alice.pk) == ["alice's"]
    assert _found(people, review="approved") == ["alice's"]
    today = Asset.objects.get(title="carol's").created_at.date().isoformat()
    assert _found(people, after=today, before=today) == ["alice's", "carol's"]
    assert _found(people, q="carol", after=today) == ["carol's"]
    assert _found(people, before="2020-01-01") == []
    assert _found(people, q="carol", after="2100-01-01") == []


def test_pages_upwards(people: People, asset: Make) -> None:
    carol = Actor.of(people.carol)
    made = [asset(title=f"fox {number}") for number in range(5)]
    asks: list[dict[str, Any]] = [{}, {"q": "fox"}]
    for asked in asks:
        last = find(carol, up=True, limit=2, **asked)
        assert [each.title for each in last.items] == ["fox 1", "fox 0"]
        above = find(carol, up=True, limit=2, cursor=last.next, **asked)
        assert [each.title for each in above.items] == ["fox 3", "fox 2"]
        top = find(carol, up=True, limit=2, cursor=above.next, **asked)
        assert ([each.title for each in top.items], top.next) == (["fox 4"], None)
    assert len(find(carol, folded=True).items) == 5
    asset(title="again", parents=[(made[0].pk, "parent")])
    assert _found(people, folded=True) == ["again", "fox 4", "fox 3", "fox 2", "fox 1"]
    assert _found(people, stack=made[0].pk) == ["again", "fox 0"]


def test_what_looks_alike(people: People, asset: Make, drawn: Callable[..., Asset]) -> None:
    carol = Actor.of(people.carol)
    first = drawn("first.png", (640, 480))
    drawn("other.png", shift=0.35, ground="#101010")
    small = drawn("small.jpg", (320, 240), quality=40)
    same = drawn("same.png", (640, 480))
    recoloured = drawn("recoloured.png", (640, 480), ground="#8c3c82")  # as bright, so its hash is the same
    words, again = asset("the same words"), asset("the same words")
    found = {one.asset.title: one.distance for one in alike.alike(carol, first)}
    assert found.keys() == {"small.jpg", "same.png", "recoloured.png"}
    assert found["same.png"] == 0
    assert [one.asset.pk for one in alike.alike(carol, words)] == [again.pk]
    grouped = alike.groups(carol, people.team.pk)
    assert [[each.pk for each in group] for group in grouped.groups] == [
        [again.pk, words.pk],
        [same.pk, small.pk, first.pk],
    ], "in other colours it is no duplicate"
    assert recoloured.phash is not None
    assert alike.groups(carol, people.team.pk, cursor=None if grouped.next is None else words.pk).next is None


def test_pictures_of_before_are_looked_at(people: People, drawn: Callable[..., Asset]) -> None:
    made = drawn("old.png", (640, 480))
    hashed = Asset.objects.get(pk=made.pk).phash
    made.colours.all().delete()
    Asset.objects.filter(pk=made.pk).update(seen=0, phash=None)
    assert look() == 1
    assert look() == 0
    again = Asset.objects.get(pk=made.pk)
    assert hashed is not None
    assert again.phash is not None
    assert distance(hashed, again.phash) <= 2  # from the thumbnail now
    assert _found(people, colour="blue") == ["old.png"]


def test_several_as_a_zip(
    people: People, asset: Make, drawn: Callable[..., Asset], signed_in: SignedIn
) -> None:
    picture = drawn("a.png")
    words = asset("some words", title="Words")
    body = {"assets": [str(words.pk), str(picture.pk)]}
    client = signed_in(people.victor)
    answer = client.post("/api/v1/assets/export", body, content_type="application/json")
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(async_to_sync(_all)(answer)))
    assert archive.testzip() is None
    assert archive.namelist() == [
        "00001-words.txt",
        "00001-words.txt.json",
        "00002-a-png.png",
        "00002-a-png.png.json",
    ]
    assert archive.read("00001-words.txt") == b"some words"
    told = json.loads(archive.read("00002-a-png.png.json"))
    assert told["kind"] == "studio-asset"
    assert (told["title"], told["width"], told["author"]) == ("a.png", 160, "Carol")


async def _all(answer: Any) -> bytes:
    return b"".join([piece async for piece in answer.streaming_content])

"""The gallery's page and the bin: what they show to whom, filters, pages that go on."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from studio.gallery import actions, views_gallery
from studio.gallery.models import Asset
from studio.teams.models import User
from studio.teams.rights import Actor
from tests.gallery.conftest import People

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
MakeAsset = Callable[..., Asset]


def page(client: Client, people: People, query: str = "", path: str = "/gallery/", **headers: str) -> str:
    answer = client.get(f"{path}?team={people.team.pk}{query}", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def ids(html: str) -> list[str]:
    return re.findall(r'class="tile"[^>]* data-id="([^"]+)"', html)


def test_newest_first_with_filters_and_words(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    old, new = asset(title="An old log"), asset(title="A new song", tool="text.chat")
    client = signed_in(people.victor)
    assert ids(page(client, people)) == [str(new.pk), str(old.pk)]
    assert ids(page(client, people, "&q=log")) == [str(old.pk)]
    assert ids(page(client, people, "&tool=text.chat")) == [str(new.pk)]
    assert ids(page(client, people, "&medium=text&q=song")) == [str(new.pk)]
    none = page(client, people, "&medium=image")
    assert "Nothing found" in none
    assert "Image</a>" in none


def test_unknown_filters_are_left_out(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    made = asset()
    html = page(signed_in(people.victor), people, "&medium=smell&rating=9")
    assert ids(html) == [str(made.pk)]


def test_nobody_elses(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    asset(title="Ours alone")
    html = page(signed_in(people.otto), people)
    assert ids(html) == []
    assert "Nothing here yet" in html
    assert "Ours alone" not in html


def test_an_unlisted_one_is_not_there(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    asset(listed=False)
    assert ids(page(signed_in(people.carol), people)) == []


def test_it_goes_on_where_the_page_ended(
    people: People, asset: MakeAsset, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [str(asset().pk) for _ in range(5)]
    monkeypatch.setattr(views_gallery, "PAGE", 2)
    client = signed_in(people.victor)
    html = page(client, people)
    seen = ids(html)
    while more := re.search(r'data-more="([^"]+)"', html):
        address = more.group(1).replace("&amp;", "&")
        html = client.get(f"{address}&team={people.team.pk}", headers={"X-Fragment": "rows"}).content.decode()
        assert "<html" not in html
        seen += ids(html)
    assert seen == made[::-1]


def test_a_viewer_sees_no_button_that_is_not_theirs(
    people: People, asset: MakeAsset, signed_in: SignIn
) -> None:
    asset()
    assert "data-upload" not in page(signed_in(people.victor), people)
    assert "data-upload" in page(signed_in(people.carol), people)


def test_words_of_people_are_never_markup(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    asset('<script>alert("text")</script>', title="<img src=x onerror=alert(1)>")
    html = page(signed_in(people.victor), people, '&q="><script>alert(2)</script>')
    assert "<script>alert" not in html
    html = page(signed_in(people.victor), people)
    assert "<img src=x" not in html
    assert "<script>alert" not in html


def test_the_menu_has_what_the_team_has(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    one = asset(tool="text.chat", model="smollm2")
    actions.edit(Actor.of(people.carol), one, tags=["harbour"])
    html = page(signed_in(people.victor), people, path="/gallery/filters/")
    for word in ("tool=text.chat", "Chat", "smollm2", "harbour", "4 and up"):
        assert word in html
    assert "harbour" not in page(signed_in(people.otto), people, path="/gallery/filters/")


def test_the_bin_has_what_was_deleted(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    kept, gone = asset(), asset()
    actions.delete(Actor.of(people.carol), [gone])
    client = signed_in(people.carol)
    assert ids(page(client, people)) == [str(kept.pk)]
    assert ids(page(client, people, path="/gallery/bin/")) == [str(gone.pk)]
    assert "The bin is empty" in page(signed_in(people.otto), people, path="/gallery/bin/")

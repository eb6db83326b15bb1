"""The page on which two to four assets stand beside one another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from studio.gallery import actions
from studio.gallery.models import Asset
from studio.teams.models import User
from tests.gallery.conftest import People

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
MakeAsset = Callable[..., Asset]


def compare(client: Client, *assets: Asset, view: str = "", status: int = 200) -> str:
    query = {place: str(each.pk) for place, each in zip("abcdef", assets, strict=False)} | {"view": view}
    answer = client.get("/compare/", query)
    assert answer.status_code == status
    return answer.content.decode()


def ways(html: str) -> list[str]:
    return [name for name in ("words", "side", "slider", "blink") if f'data-way="{name}"' in html]


@pytest.fixture
def pictures(people: People, picture: Callable[..., Path]) -> list[Asset]:
    def add(n: int) -> Asset:
        return actions.add(team=people.team, author=people.carol, path=picture(f"{n}.png"), title=f"Boat {n}")

    return [add(n) for n in range(5)]


def test_two_pictures_have_three_ways(people: People, pictures: list[Asset], signed_in: SignIn) -> None:
    html = compare(signed_in(people.victor), *pictures[:2], view="slider")
    assert ways(html) == ["side", "slider", "blink"]
    assert 'data-view="slider"' in html
    assert "Boat 0" in html
    assert "Boat 1" in html


def test_three_have_no_slider_and_no_more_than_four_come(
    people: People, pictures: list[Asset], signed_in: SignIn
) -> None:
    html = compare(signed_in(people.victor), *pictures[:3], view="slider")
    assert ways(html) == ["side", "blink"]
    assert 'data-view="side"' in html
    html = compare(signed_in(people.victor), *pictures)
    assert html.count('<figure class="pane"') == 4


def test_two_texts_are_shown_as_what_changed(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    first = asset(text="Wind north <b>x</b>")
    second = asset(text="Wind south <b>x</b>", parents=[(first.pk, "parent")])
    html = compare(signed_in(people.victor), first, second)
    assert ways(html) == ["words", "side"]
    assert "<del> north</del><ins> south</ins> &lt;b&gt;x&lt;/b&gt;" in html
    assert "Revision 2" in html


def test_different_media_stand_side_by_side(
    people: People, asset: MakeAsset, pictures: list[Asset], signed_in: SignIn
) -> None:
    html = compare(signed_in(people.victor), asset(), pictures[0])
    assert ways(html) == []
    assert html.count('<figure class="pane"') == 2


def test_of_one_there_is_nothing_to_compare(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    first = asset()
    assert "Choose two to four" in compare(signed_in(people.victor))
    assert "Choose two to four" in compare(signed_in(people.victor), first, first)


def test_what_one_may_not_see_is_not_there(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    first, private = asset(), asset(listed=False)
    compare(signed_in(people.victor), first, private, status=404)
    compare(signed_in(people.otto), first, asset(), status=404)
    client: Any = signed_in(people.victor)
    assert client.get("/compare/?a=no-id&b=nor-this").status_code == 404

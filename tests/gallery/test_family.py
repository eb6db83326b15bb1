"""Who belongs to an asset's family, what of it is told, and how it is drawn."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from studio.gallery.family import family_of
from studio.gallery.family_picture import picture_of
from studio.gallery.models import Asset
from studio.teams.models import User
from studio.teams.rights import Actor
from tests.gallery.conftest import People

pytestmark = pytest.mark.django_db
MakeAsset = Callable[..., Asset]
SignIn = Callable[[User], Client]


def names(actor: Actor, asset: Asset, **how: int) -> dict[str, int]:
    family = family_of(actor, asset, **how)
    return {member.asset.title: member.generation for member in family.members.values()}


def chain(asset: MakeAsset, length: int) -> list[Asset]:
    made = [asset(title="0")]
    for n in range(1, length):
        made.append(asset(title=str(n), parents=[(made[-1].pk, "parent")]))
    return made


def test_three_steps_each_way_and_how_many_beyond(people: People, asset: MakeAsset) -> None:
    made = chain(asset, 9)
    actor = Actor.of(people.victor)
    assert names(actor, made[4]) == {str(n): n - 4 for n in range(1, 8)}
    family = family_of(actor, made[4])
    assert (family.more_above, family.more_below) == (1, 1)
    assert names(actor, made[4], steps=1) == {"3": -1, "4": 0, "5": 1}


def test_a_mask_of_the_picture_stands_between_the_two(people: People, asset: MakeAsset) -> None:
    picture = asset(title="picture")
    mask = asset(title="mask", parents=[(picture.pk, "parent")])
    result = asset(title="result", parents=[(picture.pk, "image"), (mask.pk, "mask")])
    assert names(Actor.of(people.carol), result) == {"picture": -2, "mask": -1, "result": 0}
    assert names(Actor.of(people.carol), picture) == {"picture": 0, "mask": 1, "result": 2}
    assert family_of(Actor.of(people.carol), result).sentences == [
        "“mask” is a revision of “picture”.",
        "“result” was made from “picture” (image).",
        "“mask” is the mask of “result”.",
    ]


def test_no_more_than_asked_and_the_rest_is_counted(people: People, asset: MakeAsset) -> None:
    parent = asset(title="parent")
    for n in range(12):
        asset(title=f"child {n}", parents=[(parent.pk, "parent")])
    family = family_of(Actor.of(people.victor), parent, most=5)
    assert len(family.members) == 5
    assert family.more_below == 8
    assert "child 11" in {member.asset.title for member in family.members.values()}  # the newest first


def test_what_one_may_not_see_and_what_stands_behind_it_is_not_told(
    people: People, asset: MakeAsset, signed_in: SignIn
) -> None:
    first = asset(title="first")
    private = asset(title="private", listed=False, parents=[(first.pk, "parent")])
    last = asset(title="last", parents=[(private.pk, "parent")])
    assert names(Actor.of(people.carol), last) == {"first": -2, "private": -1, "last": 0}
    assert names(Actor.of(people.victor), last) == {"last": 0}
    told = signed_in(people.victor).get(f"/api/v1/assets/{last.pk}/family").json()
    assert [member["name"] for member in told["members"]] == ["last"]
    assert told["links"] == []
    assert told["more"] == {"above": 0, "below": 0}


def test_the_api_tells_members_and_links(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    made = chain(asset, 3)
    told = signed_in(people.victor).get(f"/api/v1/assets/{made[1].pk}/family").json()
    assert [(each["name"], each["generation"]) for each in told["members"]] == [("0", -1), ("1", 0), ("2", 1)]
    assert told["links"] == [
        {"parent": str(made[n].pk), "child": str(made[n + 1].pk), "role": "parent"} for n in (0, 1)
    ]
    assert signed_in(people.otto).get(f"/api/v1/assets/{made[1].pk}/family").status_code == 404


def test_a_large_family_takes_few_questions(people: People, asset: MakeAsset) -> None:
    made = chain(asset, 8)
    for _n in range(10):
        asset(parents=[(made[4].pk, "parent")])
    actor = Actor.of(people.victor)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        family_of(actor, made[4])
    assert len(asked) <= 17  # two for each of four steps each way, and the links between


def test_columns_go_one_way_and_lines_meet_the_pictures(people: People, asset: MakeAsset) -> None:
    picture = asset(title="picture")
    mask = asset(title="mask", parents=[(picture.pk, "parent")])
    result = asset(title="result", parents=[(picture.pk, "image"), (mask.pk, "mask")])
    asset(title="later", parents=[(result.pk, "parent")])
    drawn = picture_of(family_of(Actor.of(people.carol), result))
    assert [[tile.asset.title for tile in column] for column in drawn.columns] == [
        ["picture"],
        ["mask"],
        ["result"],
        ["later"],
    ]
    assert [tile.relation for column in drawn.columns for tile in column] == ["image", "mask", "", "revision"]
    ends = {
        tuple(re.findall(r"[\d.]+", line.path)[:1] + re.findall(r"[\d.]+", line.path)[-2:-1])
        for line in drawn.lines
    }
    assert ends == {("7.5", "10.5"), ("18", "21"), ("7.5", "21"), ("28.5", "31.5")}

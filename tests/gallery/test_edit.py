"""edit: title, tags, rating, listed, medium; and who may not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from studio.feeds.models import Event
from studio.gallery.actions import delete, edit, get_visible, rate, restore
from studio.gallery.models import Asset
from studio.ids import uuid7
from studio.problems import InvalidInputs
from studio.teams.rights import Actor, NotAllowed, NotThere
from tests.gallery.conftest import People

Make = Callable[..., Asset]
pytestmark = pytest.mark.django_db


def tags(asset: Asset) -> list[str]:
    return sorted(asset.tags.values_list("name", flat=True))


def test_it_works(people: People, asset: Make) -> None:
    made = asset()
    edit(
        Actor.of(people.carol),
        made,
        title="  New\n title ",
        tags=["Sea", " night  train ", "sea", ""],
        rating=4,
    )
    made.refresh_from_db()
    assert made.title == "New title"
    assert tags(made) == ["night train", "sea"]
    assert (made.rating_n, made.rating_sum) == (1, 4)
    event = Event.objects.filter(kind="asset").last()
    assert event is not None
    assert event.data["asset"] == str(made.pk)


def test_what_is_left_out_stays(people: People, asset: Make) -> None:
    made = asset(title="Old")
    edit(Actor.of(people.carol), made, tags=["a"])
    edit(Actor.of(people.carol), made, rating=3)
    made.refresh_from_db()
    assert (made.title, tags(made)) == ("Old", ["a"])


def test_a_managers_right_over_others_assets(people: People, asset: Make) -> None:
    edit(Actor.of(people.alice), asset(), title="By the owner")


@pytest.mark.parametrize(
    ("who", "change", "error"),
    [
        ("rita", {"title": "x"}, NotAllowed),
        ("victor", {"tags": ["x"]}, NotAllowed),
        ("victor", {"rating": 3}, NotAllowed),
        ("otto", {"rating": 3}, NotThere),
        ("otto", {"title": "x"}, NotThere),
    ],
)
def test_who_may_not(
    people: People, asset: Make, who: str, change: dict[str, object], error: type[Exception]
) -> None:
    made = asset(title="Old")
    with pytest.raises(error):
        edit(Actor.of(getattr(people, who)), made, **change)  # type: ignore[arg-type]
    made.refresh_from_db()
    assert (made.title, made.rating_n, tags(made)) == ("Old", 0, [])


def test_a_creator_edits_only_their_own(people: People, asset: Make) -> None:
    made = asset(author=people.alice)
    with pytest.raises(NotAllowed):
        edit(Actor.of(people.carol), made, title="x")


def test_a_reviewer_rates_and_tags(people: People, asset: Make) -> None:
    made = asset()
    edit(Actor.of(people.rita), made, rating=5, tags=["good"])
    rate(Actor.of(people.carol), made, 2)
    rate(Actor.of(people.carol), made, 3)
    made.refresh_from_db()
    assert (made.rating_n, made.rating_sum) == (2, 8)
    rate(Actor.of(people.rita), made, 0)
    made.refresh_from_db()
    assert (made.rating_n, made.rating_sum) == (1, 3)


@pytest.mark.parametrize("value", [-1, 6])
def test_a_rating_that_is_none(people: People, asset: Make, value: int) -> None:
    with pytest.raises(InvalidInputs, match="1 to 5"):
        rate(Actor.of(people.rita), asset(), value)


@pytest.mark.parametrize("wrong", [["x" * 61], ["a,b"], [str(n) for n in range(51)]])
def test_tags_that_are_none(people: People, asset: Make, wrong: list[str]) -> None:
    with pytest.raises(InvalidInputs):
        edit(Actor.of(people.carol), asset(), tags=wrong)


def test_an_unlisted_asset_is_its_authors_until_listed(people: People, asset: Make) -> None:
    made = asset(listed=False)
    for user in (people.alice, people.victor, people.otto):
        with pytest.raises(NotThere):
            get_visible(Actor.of(user), made.pk)
        with pytest.raises(NotThere):
            edit(Actor.of(user), made, listed=True)
    edit(Actor.of(people.carol), made, listed=True)
    assert get_visible(Actor.of(people.victor), made.pk) == made
    with pytest.raises(InvalidInputs, match="author"):
        edit(Actor.of(people.alice), made, listed=False)


def test_a_sound_is_music_or_speech(people: People, asset: Make, picture: Callable[..., Path]) -> None:
    made = asset()
    Asset.objects.filter(pk=made.pk).update(medium="music")
    made.refresh_from_db()
    edit(Actor.of(people.carol), made, medium="speech")
    assert Asset.objects.get(pk=made.pk).medium == "speech"
    with pytest.raises(InvalidInputs, match="sound"):
        edit(Actor.of(people.carol), made, medium="image")


@pytest.mark.parametrize("id", ["", "x", "../../etc", "00000000-0000-0000-0000-000000000000"])
def test_an_id_that_is_none_is_not_there(people: People, id: str) -> None:
    with pytest.raises(NotThere):
        get_visible(Actor.of(people.alice), id)


def test_the_team_hears_nothing_of_what_only_its_author_sees(people: People, asset: Make) -> None:
    carol = Actor.of(people.carol)
    made = asset(listed=False, job_ref=uuid7())
    edit(carol, made, title="Private")
    delete(carol, [made])
    assert not Event.objects.filter(feed=f"team:{people.team.pk}").exists()
    restore(carol, [made])
    edit(carol, made, listed=True)
    assert Event.objects.get(feed=f"team:{people.team.pk}").data["listed"] is True

"""Asking for a verdict, deciding, picking: who may, what it comes to, and what a revision does to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from studio.gallery import actions as gallery
from studio.problems import Conflict, InvalidInputs
from studio.teams.actions import Refused
from studio.teams.rights import Actor, NotAllowed, NotThere

if TYPE_CHECKING:
    from studio.gallery.models import Asset
    from studio.review.models import Item, Review
    from tests.gallery.conftest import People

pytestmark = [pytest.mark.django_db, pytest.mark.db]

Make = Callable[..., "Asset"]


def ask(world: People, assets: list[Asset], **more: Any) -> Review:
    from studio.review import actions

    given = {"people": [world.rita.pk], **more}
    subject = actions.Subject([asset.pk for asset in assets])
    return actions.request_review(actor=Actor.of(world.carol), subject=subject, **given)


def items(review: Review) -> list[Item]:
    return list(review.items.select_related("asset").order_by("position"))


def state(asset: Asset) -> str:
    asset.refresh_from_db()
    return asset.review_state


def decide(person: Any, item: Item, verdict: str, **more: Any) -> Item:
    from studio.review import actions

    return actions.decide(Actor.of(person), item, verdict, asset=more.pop("asset", item.asset_id), **more)


def revise(people: People, parent: Asset, path: Path) -> Asset:
    return gallery.upload(
        actor=Actor.of(people.carol), team=people.team, path=path, name="a.md", parent=parent.pk
    )


def test_who_has_left_is_waited_for_no_longer(people: People, asset: Make) -> None:
    from studio.teams.actions import remove_member
    from studio.teams.models import Member

    def leave(person: Any) -> None:
        row = Member.objects.select_related("team").get(user=person, team=people.team)
        remove_member(actor=Actor.of(people.alice), member=row)

    first, second, third = asset(), asset(), asset()
    both = [people.rita.pk, people.alice.pk]
    review = ask(people, [first, second], people=both, need="all")
    alone = ask(people, [third], people=[people.rita.pk], need="all")
    picking = ask(people, [first, second], people=both, kind="pick")
    decide(people.alice, items(review)[0], "approved")
    _pick(people.alice, picking)
    assert state(first) == "waiting"
    leave(people.rita)
    assert (state(first), state(second)) == ("approved", "waiting")
    for each, wanted in ((review, "waiting"), (alone, "waiting"), (picking, "approved")):
        each.refresh_from_db()
        assert each.state == wanted


def _pick(person: Any, review: Review) -> None:
    from studio.review import actions

    actions.pick(Actor.of(person), review, [items(review)[0].pk])


def test_a_round(people: People, asset: Make, written: Callable[[str], Path]) -> None:
    """Ask, request changes, revise, approve: the revision takes the place and waits; the verdict locks the stack."""
    first = asset(title="Harbour")
    review = ask(people, [first, asset()], title="Two harbours")
    item = items(review)[0]
    assert state(first) == "waiting"
    assert decide(people.rita, item, "changes", note="Warmer").state == "changes"
    review.refresh_from_db()
    assert (review.state, state(first)) == ("changes", "changes")

    second = asset(parents=[(first.pk, "parent")])
    item = items(review)[0]
    assert (item.asset_id, item.state, item.rounds) == (second.pk, "waiting", 1)
    assert (state(first), state(second)) == ("changes", "waiting")
    with pytest.raises(Conflict):  # of what she saw before
        decide(people.rita, item, "approved", asset=first.pk)
    assert decide(people.rita, item, "approved").state == "approved"
    assert decide(people.rita, items(review)[1], "approved").state == "approved"
    review.refresh_from_db()
    assert review.state == "approved"
    for locked in (second, first):  # an earlier one of the stack alike
        with pytest.raises(Conflict, match="approved"):
            revise(people, locked, written("Once more"))
    asset(parents=[(first.pk, "parent")])  # a job that was begun before: kept, and the verdict stands
    assert (items(review)[0].asset_id, items(review)[0].state) == (second.pk, "approved")

    from studio.review import actions

    with pytest.raises(NotAllowed):
        actions.unlock(Actor.of(people.carol), items(review)[0])
    assert actions.unlock(Actor.of(people.alice), items(review)[0]).state == "waiting"
    third = revise(people, second, written("Once more"))
    assert items(review)[0].asset_id == third.pk


def test_who_may_decide(people: People, asset: Make) -> None:
    review = ask(people, [asset()])
    item = items(review)[0]
    with pytest.raises(NotAllowed):
        decide(people.victor, item, "approved")
    with pytest.raises(Refused):  # may, and is not asked
        decide(people.carol, item, "approved")
    with pytest.raises(NotThere):
        decide(people.otto, item, "approved")
    assert decide(people.alice, item, "approved").state == "approved"  # the owner


def test_all_of_them(people: People, asset: Make) -> None:
    review = ask(people, [asset()], people=[people.rita.pk, people.alice.pk], need="all")
    item = items(review)[0]
    assert decide(people.rita, item, "approved").state == "waiting"
    assert decide(people.alice, item, "changes").state == "changes"
    assert decide(people.alice, item, "waiting").state == "waiting", "taken back"
    assert decide(people.alice, item, "approved").state == "approved"


def test_a_role_is_asked(people: People, asset: Make) -> None:
    from studio.review import actions

    review = ask(people, [asset()], people=[], role="creator")
    assert [person.name for person in actions.asked_people(review)] == ["Alice", "Carol"]
    assert not actions.is_asked(review, Actor.of(people.rita))
    with pytest.raises(Refused):
        decide(people.rita, items(review)[0], "approved")
    assert decide(people.carol, items(review)[0], "approved").state == "approved"


def test_picks(people: People, asset: Make) -> None:
    from studio.review import actions

    review = ask(
        people, [asset() for _ in range(4)], kind="pick", picks=2, people=[people.rita.pk, people.alice.pk]
    )
    ids = [item.pk for item in items(review)]
    with pytest.raises(InvalidInputs):
        actions.pick(Actor.of(people.rita), review, ids[:3])
    actions.pick(Actor.of(people.rita), review, ids[:2])
    actions.pick(Actor.of(people.rita), review, ids[1:3])
    review.refresh_from_db()
    assert review.state == "waiting"
    actions.pick(Actor.of(people.alice), review, ids[1:2])
    review.refresh_from_db()
    assert review.state == "approved"
    counts = {item.position: item.picked_by.count() for item in items(review)}
    assert counts == {1: 0, 2: 2, 3: 1, 4: 0}
    with pytest.raises(Refused):
        decide(people.rita, items(review)[0], "approved")


def test_a_closed_review_stays_as_it_is(people: People, asset: Make) -> None:
    from studio.review import actions

    first = asset()
    review = ask(people, [first])
    with pytest.raises(NotAllowed):
        actions.close(Actor.of(people.rita), review)
    actions.close(Actor.of(people.carol), review)
    with pytest.raises(Conflict):
        decide(people.rita, items(review)[0], "approved")
    asset(parents=[(first.pk, "parent")])
    assert items(review)[0].asset_id == first.pk


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"people": [], "role": ""}, "people"),
        ({"people": ["outside"]}, "people"),
        ({"people": ["viewer"]}, "people"),
        ({"role": "viewer"}, "role"),
        ({"due_at": timezone.now() - timedelta(days=1)}, "due_at"),
        ({"kind": "pick", "picks": 2}, "picks"),
    ],
)
def test_what_cannot_be_asked(people: People, asset: Make, more: dict[str, Any], field: str) -> None:
    names = {"outside": people.otto.pk, "viewer": people.victor.pk}
    if more.get("people"):
        more = {**more, "people": [names[name] for name in more["people"]]}
    with pytest.raises(InvalidInputs) as refused:
        ask(people, [asset(), asset()], **more)
    assert refused.value.errors[0]["loc"] == [field]


def test_of_what_is_not_theirs(people: People, asset: Make) -> None:
    from studio.review import actions

    mine = asset()
    with pytest.raises(InvalidInputs):
        actions.request_review(
            actor=Actor.of(people.otto), subject=actions.Subject([mine.pk]), people=[people.otto.pk]
        )
    review = ask(people, [mine])
    with pytest.raises(NotThere):
        actions.get_visible(Actor.of(people.otto), review.pk)
    with pytest.raises(NotAllowed):
        actions.request_review(
            actor=Actor.of(people.rita), subject=actions.Subject([mine.pk]), people=[people.alice.pk]
        )


def test_an_unlisted_revision_waits(people: People, asset: Make) -> None:
    first = asset()
    review = ask(people, [first])
    hidden = asset(parents=[(first.pk, "parent")], listed=False)
    assert items(review)[0].asset_id == first.pk
    gallery.edit(Actor.of(people.carol), hidden, listed=True)
    assert items(review)[0].asset_id == hidden.pk

"""Revisions fold into one: which of a stack the gallery shows, as assets come, go and come back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from studio.gallery import stacks
from studio.gallery.actions import delete, edit, restore
from studio.teams.rights import Actor

if TYPE_CHECKING:
    from studio.gallery.models import Asset
    from tests.gallery.conftest import People

Make = Callable[..., "Asset"]


def _top(*assets: Asset) -> list[bool]:
    for asset in assets:
        asset.refresh_from_db()
    return [asset.top for asset in assets]


def test_revisions_fold_into_the_newest_shown(people: People, asset: Make) -> None:
    carol = Actor.of(people.carol)
    first = asset()
    second = asset(parents=[(first.pk, "parent")])
    third = asset(parents=[(second.pk, "parent")])
    other = asset(parents=[(first.pk, "reference")])  # made with it, not a revision of it
    assert {each.stack for each in (first, second, third)} == {first.pk}
    assert other.stack == other.pk
    assert _top(first, second, third, other) == [False, False, True, True]
    assert stacks.sizes([third, other]) == {first.pk: 3}

    delete(carol, [third])
    assert _top(first, second)[1:] == [True]
    delete(carol, [first])
    assert stacks.sizes([second]) == {}
    restore(carol, [third, first])
    assert _top(first, second, third) == [False, False, True]

    edit(carol, third, listed=False)
    assert _top(first, second)[1:] == [True]
    edit(carol, third, listed=True)
    assert _top(first, second, third) == [False, False, True]


def test_a_revision_that_nobody_else_sees_hides_nothing(people: People, asset: Make) -> None:
    first = asset()
    hidden = asset(parents=[(first.pk, "parent")], listed=False)
    assert hidden.stack == first.pk
    assert _top(first) == [True]
    assert stacks.sizes([first]) == {}

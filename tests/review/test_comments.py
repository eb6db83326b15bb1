"""Comments: where they can be pinned, who may what, whom they tell, and which go on to a revision."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.problems import InvalidInputs
from studio.teams.rights import Actor, NotAllowed, NotThere

if TYPE_CHECKING:
    from studio.gallery.models import Asset
    from tests.gallery.conftest import People

Make = Callable[..., "Asset"]
rows = pytest.mark.django_db

GOOD = [
    ("image", {"kind": "point", "x": 0.5, "y": 1}),
    ("image", {"kind": "box", "x": 0, "y": 0, "width": 0.25, "height": 1}),
    ("image", {"kind": "line", "points": [[0, 0], [1, 1]]}),
    ("video", {"kind": "point", "x": 0.1, "y": 0.9, "at": 12.5}),
    ("video", {"kind": "time", "start": 1, "end": 2.5}),
    ("speech", {"kind": "time", "start": 0, "end": 0}),
    ("music", {"kind": "bars", "start": 1, "end": 8}),
    ("text", {"kind": "text", "start": 0, "end": 4, "quote": "word"}),
]
BAD = [
    ("image", {"kind": "point", "x": 1.5, "y": 0}),
    ("image", {"kind": "point", "x": float("nan"), "y": 0}),
    ("image", {"kind": "box", "x": 0, "y": 0, "width": 0, "height": 1}),
    ("image", {"kind": "line", "points": [[0, 0]]}),
    ("image", {"kind": "time", "start": 0, "end": 1}),
    ("image", {"kind": "text", "start": 0, "end": 1}),
    ("text", {"kind": "point", "x": 0, "y": 0}),
    ("music", {"kind": "time", "start": 3, "end": 1}),
    ("speech", {"kind": "bars", "start": 1, "end": 2}),
    ("image", {"kind": "elsewhere"}),
    ("image", {"x": 1}),
    ("image", {"kind": "point", "x": 0, "y": 0, "script": "<b>"}),
]


@pytest.mark.parametrize(("medium", "pin"), GOOD)
def test_places_that_there_are(medium: str, pin: dict[str, Any]) -> None:
    from studio.review import pins

    stored = pins.checked(pin, medium)
    assert stored is not None
    assert stored["kind"] == pin["kind"]
    assert pins.checked(stored, medium) == stored, "what is stored is a place itself"
    assert pins.in_words(stored)


@pytest.mark.parametrize(("medium", "pin"), BAD)
def test_places_that_there_are_not(medium: str, pin: dict[str, Any]) -> None:
    from studio.review import pins

    with pytest.raises(InvalidInputs) as refused:
        pins.checked(pin, medium)
    assert refused.value.errors[0]["loc"][0] == "pin"


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["kind", "x", "y", "at", "points", "start"]), st.integers() | st.text() | st.floats()
    )
)
def test_nothing_else_gets_through(pin: dict[str, Any]) -> None:
    from studio.review import pins

    try:
        stored = pins.checked(pin, "video")
    except InvalidInputs:
        return
    assert stored is not None
    assert 0 <= stored["x"] <= 1


class TestOnAssets:
    pytestmark = rows

    def test_open_ones_go_on_to_the_revision(self, people: People, asset: Make) -> None:
        from studio.review import actions
        from studio.review.json import comments_json

        rita, first = Actor.of(people.rita), asset("One two three")
        said = actions.comment(
            rita, first, "Warmer", pin={"kind": "text", "start": 4, "end": 7, "quote": "two"}
        )
        done = actions.comment(rita, first, "A typo")
        actions.comment(Actor.of(people.carol), first, "Which?", reply_to=said)
        actions.resolve_comment(Actor.of(people.carol), done)
        second = asset("One 2 three", parents=[(first.pk, "parent")])
        own = actions.comment(rita, second, "Good")
        told = comments_json(list(actions.comments_on(second)), second)
        assert [(one["text"], one["carried"], len(one["replies"])) for one in told] == [
            ("Warmer", True, 1),
            ("Good", False, 0),
        ]
        on_first = comments_json(list(actions.comments_on(first)), first)
        assert [one["text"] for one in on_first] == ["Warmer", "A typo"]
        assert own.pin is None

    def test_who_may(self, people: People, asset: Make) -> None:
        from studio.review import actions

        made = asset()
        with pytest.raises(NotAllowed):
            actions.comment(Actor.of(people.victor), made, "Hm")
        row = actions.comment(Actor.of(people.rita), made, "  Hm \x00 ")
        assert row.text == "Hm"
        with pytest.raises(NotThere):
            actions.get_comment(Actor.of(people.otto), row.pk)
        with pytest.raises(NotAllowed):
            actions.edit_comment(Actor.of(people.carol), row, "Mine now")
        with pytest.raises(NotAllowed):
            actions.delete_comment(Actor.of(people.carol), row)
        assert actions.edit_comment(Actor.of(people.rita), row, "Better").text == "Better"
        actions.delete_comment(Actor.of(people.alice), row)
        with pytest.raises(NotThere):
            actions.get_comment(Actor.of(people.rita), row.pk)

    @pytest.mark.parametrize("text", ["", " \n", "x" * 10_001])
    def test_words_that_cannot_be_kept(self, people: People, asset: Make, text: str) -> None:
        from studio.review import actions

        with pytest.raises(InvalidInputs):
            actions.comment(Actor.of(people.rita), asset(), text)

    def test_mentions_and_replies_tell_people(self, people: People, asset: Make) -> None:
        from studio.notices.models import Notice
        from studio.review import actions

        made = asset()  # Carol's
        row = actions.comment(
            Actor.of(people.rita), made, "@alice look, and mail@carol.org; @Otto is outside"
        )
        assert row.mentions == [str(people.alice.pk)]
        heard = {(one.person.name, one.kind) for one in Notice.objects.select_related("person")}
        assert heard == {("Alice", "comment.mention"), ("Carol", "comment")}
        actions.comment(Actor.of(people.carol), made, "Yes", reply_to=row)
        assert Notice.objects.filter(person=people.rita, kind="comment").count() == 1

"""Assets and boards go into another team: copied or moved, with what is theirs and without what is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from studio.feeds.models import Event
from studio.gallery import actions, boards, elsewhere, many, search, storage
from studio.gallery.filters import filters_from
from studio.gallery.models import Asset, Blob, Lineage, Rating
from studio.problems import InvalidInputs, QuotaReached
from studio.teams.actions import create_team
from studio.teams.models import AuditEntry, Member, Team
from studio.teams.rights import Actor, NotAllowed, NotThere

if TYPE_CHECKING:
    from tests.gallery.conftest import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(people: People) -> Team:
    """Alice's second team."""
    return create_team(actor=Actor.of(people.alice), name="Elsewhere")


@pytest.fixture
def put(asset: Callable[..., Asset]) -> Callable[..., Asset]:
    """Adds a text of Carol's, or a revision of one: put("red") is of the title "A red lamp"."""
    return lambda colour="red", **more: asset(title=f"A {colour} lamp", **more)


def test_a_copy_has_what_is_its_own(people: People, other: Team, picture: Callable[..., Path]) -> None:
    alice = Actor.of(people.alice)
    asset = actions.add(
        team=people.team,
        author=people.carol,
        path=picture("red.png", (40, 30), colour="red"),
        title="A red lamp",
        prompt="a lamp",
        tool="test.paint",
        facts={"inputs": {"prompt": "a lamp", "steps": 3}, "tool_version": 1},
    )
    many.change(alice, [asset.pk], add_tags=["night"], rating=4)
    before = Blob.objects.count()
    copy = elsewhere.send(alice, [asset.pk], other).copies[asset.pk]

    assert (copy.team, copy.author) == (other, people.alice)
    assert (copy.blob_id, copy.thumbnail_id) == (asset.blob_id, asset.thumbnail_id)
    assert Blob.objects.count() == before  # no second place on the disk
    assert (copy.title, copy.prompt, copy.tool) == ("A red lamp", "a lamp", "test.paint")
    assert copy.facts["inputs"] == asset.facts["inputs"]
    assert copy.facts["copied"]["made_at"] == asset.created_at.isoformat()
    assert [tag.name for tag in copy.tags.all()] == ["night"]
    assert copy.tags.get().team == other
    assert (copy.job_ref, copy.review_state, copy.rating_n) == (None, "", 0)
    assert not Rating.objects.filter(asset=copy).exists()
    assert copy.colours.count() == asset.colours.count() > 0
    for words in ("lamp", "night"):
        found = search.find(alice, filters_from({"q": words}), team=other.pk).items
        assert [hit.pk for hit in found] == [copy.pk], words
    # Both stay: the original is as it was, and the other team has heard of its own.
    asset.refresh_from_db()
    assert asset.deleted_at is None
    told = Event.objects.filter(feed=f"team:{other.pk}", kind="asset").latest("n")
    assert told.data["asset"] == str(copy.pk)
    assert AuditEntry.objects.get(team=people.team, verb="asset.copy").detail == {"number": 1}
    assert AuditEntry.objects.get(team=other, verb="asset.receive").thing == str(people.team.pk)


def test_links_among_those_that_go_stay_and_others_are_cut(
    people: People, other: Team, put: Callable[..., Asset]
) -> None:
    alice = Actor.of(people.alice)
    first = put("red")
    second = put("blue", parents=[(first.pk, "parent")])
    third = put("green", parents=[(second.pk, "parent")])
    used = put(
        "yellow", parents=[(first.pk, "image")], facts={"inputs": {"image": str(first.pk), "prompt": "x"}}
    )

    sent = elsewhere.send(alice, [third.pk, first.pk, second.pk, used.pk], other).copies
    assert list(sent) == sorted(sent, key=lambda key: key.int)  # in their order of time
    links = set(Lineage.objects.filter(child__team=other).values_list("parent_id", "child_id", "role"))
    assert links == {
        (sent[first.pk].pk, sent[second.pk].pk, "parent"),
        (sent[second.pk].pk, sent[third.pk].pk, "parent"),
        (sent[first.pk].pk, sent[used.pk].pk, "image"),
    }
    assert sent[used.pk].facts["inputs"]["image"] == str(sent[first.pk].pk)
    in_stack = Asset.objects.filter(team=other, stack=sent[first.pk].pk)
    assert {row.pk for row in in_stack} == {sent[key].pk for key in (first.pk, second.pk, third.pk)}
    assert [row.pk for row in in_stack.filter(top=True)] == [sent[third.pk].pk]

    alone = elsewhere.send(alice, [third.pk, used.pk], other).copies
    assert not Lineage.objects.filter(child__in=[one.pk for one in alone.values()]).exists()
    assert alone[third.pk].stack == alone[third.pk].pk
    # No link leads from one team into the other.
    assert all(link.parent.team_id == link.child.team_id for link in Lineage.objects.all())


def test_a_move_puts_the_originals_into_the_bin_and_is_undone(
    people: People, other: Team, put: Callable[..., Asset], client: Client
) -> None:
    asset = put()
    client.force_login(people.alice)
    answer = client.post(
        "/api/v1/assets/send",
        {"assets": [str(asset.pk)], "team": str(other.pk), "move": True},
        content_type="application/json",
    ).json()
    assert answer["moved"] is True
    (pair,) = answer["assets"]
    asset.refresh_from_db()
    assert asset.deleted_at is not None
    assert client.get(f"/api/v1/assets/{pair['asset']}/content").status_code == 200
    client.post("/api/v1/assets/restore", {"assets": [pair["original"]]}, content_type="application/json")
    client.post("/api/v1/assets/delete", {"assets": [pair["asset"]]}, content_type="application/json")
    kept = Asset.objects.get(pk=asset.pk)
    assert kept.deleted_at is None
    assert kept.team == people.team
    # What lies in a bin takes nothing of the other's file along when it goes.
    Asset.objects.filter(pk=pair["asset"]).delete()
    assert storage.current().exists(asset.blob_id)


def test_rights_on_both_sides(people: People, other: Team, put: Callable[..., Asset]) -> None:
    asset, unlisted = put(), put("blue", listed=False)
    with pytest.raises(NotThere):  # Carol is not in it
        elsewhere.send(Actor.of(people.carol), [asset.pk], other)
    Member.objects.create(team=other, user=people.victor, role="creator")
    Member.objects.create(team=other, user=people.carol, role="viewer")
    with pytest.raises(NotAllowed):  # may look there, not add
        elsewhere.send(Actor.of(people.carol), [asset.pk], other)
    victor = Actor.of(people.victor)
    elsewhere.send(victor, [asset.pk], other)  # who may download may copy
    with pytest.raises(NotAllowed):  # but who may not delete may not move
        elsewhere.send(victor, [asset.pk], other, move=True)
    with pytest.raises(NotThere):  # another's that the gallery does not show
        elsewhere.send(victor, [asset.pk, unlisted.pk], other)
    with pytest.raises(NotThere):
        elsewhere.send(Actor.of(people.otto), [asset.pk], Team.objects.get(personal_of=people.otto))
    asset.refresh_from_db()
    assert asset.deleted_at is None
    assert Asset.objects.filter(team=other).count() == 1


def test_what_cannot_go_is_said_and_nothing_goes(
    people: People, other: Team, put: Callable[..., Asset]
) -> None:
    alice = Actor.of(people.alice)
    asset, binned = put(), put("blue")
    actions.delete(alice, [binned])
    with pytest.raises(InvalidInputs, match="in that team already"):
        elsewhere.send(alice, [asset.pk], people.team)
    with pytest.raises(InvalidInputs, match="out of the bin"):
        elsewhere.send(alice, [asset.pk, binned.pk], other)
    Team.objects.filter(pk=other.pk).update(disk_mb=0)
    other.refresh_from_db()
    with pytest.raises(QuotaReached, match="Elsewhere"):
        elsewhere.send(alice, [asset.pk], other, move=True)
    assert not Asset.objects.filter(team=other).exists()
    asset.refresh_from_db()
    assert asset.deleted_at is None


def test_a_board_goes_with_what_it_holds(people: People, other: Team, put: Callable[..., Asset]) -> None:
    alice = Actor.of(people.alice)
    lamps = [put(colour) for colour in ("red", "green", "blue")]
    board = boards.create(alice, people.team, title="Lamps", note="For the pier")
    order = [lamps[2].pk, lamps[0].pk, lamps[1].pk]
    boards.add(alice, board, order)
    sent = elsewhere.send_board(alice, board, other, move=True)
    assert sent.board is not None
    assert (sent.board.team, sent.board.title, sent.board.note) == (other, "Lamps", "For the pier")
    there = boards.items(alice, sent.board).items
    assert [asset.title for asset in there] == ["A blue lamp", "A red lamp", "A green lamp"]
    board.refresh_from_db()
    assert board.deleted_at is not None
    assert Asset.objects.filter(team=people.team, deleted_at=None).count() == 0

    actions.restore(alice, actions.get_all(alice, order))
    smart = boards.create(alice, people.team, title="Reds", filters={"q": "red"})
    copied = elsewhere.send_board(alice, smart, other)
    assert copied.board is not None
    assert copied.board.filters is None
    assert [asset.title for asset in boards.items(alice, copied.board).items] == ["A red lamp"]
    smart.refresh_from_db()
    assert smart.deleted_at is None

"""Boards: picked by hand, in an order; smart ones; what one does to many assets at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from studio.gallery import boards
from studio.gallery.actions import delete
from studio.problems import InvalidInputs
from studio.teams.rights import Actor, NotAllowed, NotThere

if TYPE_CHECKING:
    from django.test import Client

    from studio.gallery.models import Asset, Board
    from studio.teams.models import User
    from tests.gallery.conftest import People

Make = Callable[..., "Asset"]
SignedIn = Callable[["User"], "Client"]


def _titles(actor: Actor, board: Board, limit: int = 2) -> list[str]:
    found: list[str] = []
    cursor = None
    while True:
        page = boards.items(actor, board, cursor=cursor, limit=limit)
        found += [asset.title for asset in page.items]
        cursor = page.next
        if cursor is None:
            return found


def test_a_board_keeps_the_order_that_one_gives_it(people: People, asset: Make) -> None:
    carol = Actor.of(people.carol)
    board = boards.create(carol, people.team, title="  Lamps  ")
    assert board.title == "Lamps"
    a, b, c, d = (asset(title=name) for name in "abcd")
    assert boards.add(carol, board, [c.pk, a.pk, b.pk]) == 3
    assert boards.add(carol, board, [a.pk, d.pk]) == 1  # what is on it stays where it is
    assert _titles(carol, board) == ["c", "a", "b", "d"]
    boards.move(carol, board, [d.pk, b.pk], before=a.pk)
    assert _titles(carol, board) == ["c", "d", "b", "a"]
    boards.move(carol, board, [c.pk], before=None)
    assert _titles(carol, board) == ["d", "b", "a", "c"]
    for _again in range(60):  # halving a gap comes to an end: places are dealt anew
        boards.move(carol, board, [b.pk], before=a.pk)
        boards.move(carol, board, [d.pk], before=a.pk)
    assert _titles(carol, board) == ["b", "d", "a", "c"]
    up = boards.items(carol, board, limit=2, up=True)
    assert [asset.title for asset in up.items] == ["a", "c"]
    assert [asset.title for asset in boards.items(carol, board, cursor=up.next, limit=2, up=True).items] == [
        "b",
        "d",
    ]
    assert boards.remove(carol, board, [d.pk]) == 1
    delete(carol, [a])
    assert _titles(carol, board) == ["b", "c"]
    with pytest.raises(NotThere):
        boards.move(carol, board, [d.pk], before=None)


def test_a_smart_board_holds_what_its_filters_find(people: People, asset: Make) -> None:
    carol = Actor.of(people.carol)
    board = boards.create(carol, people.team, title="Foxes", filters={"q": "fox"})
    asset(title="A fox", text="fox")
    asset(title="A lamp", text="lamp")
    assert _titles(carol, board) == ["A fox"]
    asset(title="Two foxes", text="foxes")
    assert _titles(carol, board) == ["Two foxes", "A fox"]
    boards.edit(carol, board, filters={"q": "lamp"})
    assert _titles(carol, board) == ["A lamp"]
    with pytest.raises(boards.ChosenByFilters):
        boards.add(carol, board, [asset().pk])
    with pytest.raises(InvalidInputs):
        boards.create(carol, people.team, title="Wrong", filters={"medium": "smell"})
    with pytest.raises(InvalidInputs):
        boards.create(carol, people.team, title="Of itself", filters={"board": str(board.pk)})


def test_who_may(people: People, asset: Make) -> None:
    carol, alice = Actor.of(people.carol), Actor.of(people.alice)
    board = boards.create(alice, people.team, title="Alice's")
    boards.add(carol, board, [asset().pk])  # a board is the team's
    with pytest.raises(NotAllowed):
        boards.delete(carol, board)
    with pytest.raises(NotAllowed):
        boards.create(Actor.of(people.victor), people.team, title="No")
    with pytest.raises(NotThere):
        boards.get_visible(Actor.of(people.otto), board.pk)
    hidden = asset(author=people.alice, listed=False)
    boards.add(alice, board, [hidden.pk])
    assert len(boards.items(alice, board).items) == 2
    assert len(boards.items(carol, board).items) == 1  # what is unlisted is its author's
    with pytest.raises(NotThere):
        boards.add(carol, board, [hidden.pk])


def test_calls(people: People, asset: Make, signed_in: SignedIn) -> None:
    carol = signed_in(people.carol)

    def call(method: str, path: str, body: Any = None) -> Any:
        answer = carol.generic(
            method, f"/api/v1{path}", body and _json(body), content_type="application/json"
        )
        assert answer.status_code < 300, answer.content
        return answer.json() if answer.content else None

    a, b = asset(title="a"), asset(title="b")
    board = call("POST", "/boards", {"title": "Lamps", "team": str(people.team.pk)})
    path = f"/boards/{board['id']}"
    assert call("POST", f"{path}/assets", {"assets": [str(a.pk), str(b.pk)]}) == {"changed": 2}
    call("POST", f"{path}/move", {"assets": [str(b.pk)], "before": str(a.pk)})
    assert [one["title"] for one in call("GET", f"{path}/assets")["items"]] == ["b", "a"]
    assert [one["title"] for one in call("GET", f"/assets?board={board['id']}&q=a")["items"]] == ["a"]
    call("PATCH", path, {"title": "More lamps"})
    call("DELETE", path)
    assert call("GET", "/boards")["items"] == []
    assert call("POST", f"{path}/restore", {})["title"] == "More lamps"
    call("PATCH", f"/assets/{a.pk}", {"boards": []})
    assert [one["title"] for one in call("GET", f"{path}/assets")["items"]] == ["b"]


def test_many_at_once(people: People, asset: Make, signed_in: SignedIn) -> None:
    carol = signed_in(people.carol)
    made = [asset(title=name) for name in "abc"]
    ids = [str(each.pk) for each in made]
    board = boards.create(Actor.of(people.carol), people.team, title="Lamps")

    def change(status: int = 200, **what: Any) -> Any:
        body = _json({"assets": ids, **what})
        answer = carol.post("/api/v1/assets/change", body, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json()

    change(add_tags=["Night", "fox"], rating=4, board=str(board.pk))
    change(remove_tags=["fox"], rating=5)
    listed = carol.get("/api/v1/assets?q=night").json()["items"]
    assert [each["title"] for each in listed] == ["c", "b", "a"]
    assert [each["tags"] for each in listed] == [["night"]] * 3
    assert [each["rating"] for each in listed] == [{"own": 5, "mean": 5.0, "n": 1}] * 3
    assert carol.get("/api/v1/assets?q=fox").json()["items"] == []
    assert len(carol.get(f"/api/v1/boards/{board.pk}/assets").json()["items"]) == 3
    change(rating=0)
    assert carol.get("/api/v1/assets?rating=1").json()["items"] == []
    made[0].delete()
    change(404, add_tags=["none"])  # all or none
    assert carol.get("/api/v1/assets?tag=none").json()["items"] == []


def _json(body: Any) -> str:
    import json

    return json.dumps(body)

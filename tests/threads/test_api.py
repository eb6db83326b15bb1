"""The calls about threads, as an outside program makes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from studio.teams.actions import create_token
from studio.teams.models import Team, User
from studio.threads.models import Thread, Turn


@pytest.fixture
def api(bob: User) -> Callable[..., Any]:
    """api("POST", "/threads", {…}) by Bob's token; gives (status, JSON)."""
    client = Client(headers={"Authorization": f"Bearer {create_token(user=bob)[1]}"})

    def ask(method: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = client.generic(
            method, f"/api/v1{path}", b"" if body is None else _json(body), content_type="application/json"
        )
        assert answer.status_code == status, answer.content
        return answer.json() if answer.content else None

    return ask


def _json(body: Any) -> bytes:
    import json

    return json.dumps(body).encode()


def test_a_talk_from_start_to_end(
    api: Callable[..., Any], answer: Callable[[Turn, str], Turn], model: object, team: Team
) -> None:
    thread = api("POST", "/threads", {"team": str(team.pk)}, 201)
    path = f"/threads/{thread['id']}"
    posted = api("POST", f"{path}/turns", {"prompt": "Hello?", "parent": None}, 201)
    turn, job = posted["turn"], posted["job"]
    assert turn["job"] == job["id"]
    assert (job["state"], turn["state"], turn["text"]) == ("queued", "queued", "")
    answer(Turn.objects.get(pk=turn["id"]), "**Hello** yourself.")
    whole = api("GET", path)
    assert whole["title"] == "Hello?"
    assert whole["turns"][0]["text"] == "**Hello** yourself."
    again = api("POST", f"{path}/turns/{turn['id']}/regenerate", {}, 201)["turn"]
    assert again["parent"] is None
    newest = api("GET", f"{path}/turns?limit=1")
    assert [each["id"] for each in newest["items"]] == [again["id"]]
    assert newest["next"]
    assert api("POST", f"{path}/turns/{turn['id']}/keep", {})["kept"] is True
    assert api("PATCH", path, {"title": "Greetings"})["title"] == "Greetings"
    assert [each["title"] for each in api("GET", f"/threads?team={team.pk}")["items"]] == ["Greetings"]
    api("DELETE", path, status=204)
    api("GET", path, status=404)


def test_what_is_not_there(api: Callable[..., Any], thread: Thread) -> None:
    nothing = "00000000-0000-7000-8000-000000000000"
    api("GET", f"/threads/{nothing}", status=404)
    api("POST", f"/threads/{thread.pk}/turns", {"prompt": "Hi", "parent": nothing}, 404)
    api("POST", f"/threads/{thread.pk}/turns", {"prompt": "Hi", "words": 1}, 422)
    api("POST", f"/threads/{thread.pk}/turns", {"prompt": " "}, 422)

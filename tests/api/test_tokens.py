"""Tokens by the API."""

from __future__ import annotations

from collections.abc import Callable

from studio.teams.models import Team, User
from tests.api.conftest import Api


def test_a_token_is_made_listed_used_and_revoked(me: Api, team: Team) -> None:
    made = me.post("tokens", {"name": "Script", "team": str(team.pk), "scopes": ["read"]}).json()
    assert made["id"] in [token["id"] for token in me.get("tokens").json()["items"]]
    assert "secret" not in me.get("tokens").content.decode()
    script = Api(made["secret"])
    assert [found["id"] for found in script.get("me").json()["teams"]] == [str(team.pk)]
    assert script.post("jobs", {"tool": "test.nothing"}).status_code == 403
    assert me.delete(f"tokens/{made['id']}").status_code == 204
    assert script.get("me").status_code == 401


def test_a_lesser_token_makes_none(owner: User, team: Team, as_user: Callable[..., Api]) -> None:
    for api in (as_user(owner, scopes=("manage",)), as_user(owner, team=team)):
        assert api.post("tokens", {"name": "More"}).status_code == 403
        own = api.get("me").json()["token"]["id"]
        assert api.delete(f"tokens/{own}").status_code == 403


def test_a_token_of_somebody_else_is_not_there(
    me: Api, person: Callable[[str], User], as_user: Callable[..., Api]
) -> None:
    other = as_user(person("viewer")).get("me").json()["token"]["id"]
    assert me.delete(f"tokens/{other}").status_code == 404


def test_what_cannot_be_used(me: Api, team: Team) -> None:
    assert me.post("tokens", {"scopes": ["everything"]}).status_code == 422
    assert me.post("tokens", {"team": "x"}).status_code == 422

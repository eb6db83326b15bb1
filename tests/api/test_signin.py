"""Who may ask: a token, or a session with its CSRF token."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from studio.teams import actions
from studio.teams.models import Team, User
from studio.teams.rights import Actor
from tests.api.conftest import Api


def test_it_works(me: Api, owner: User) -> None:
    answer = me.get("me").json()
    assert answer["user"]["email"] == owner.email
    assert answer["token"]["scopes"] == []
    assert {team["name"] for team in answer["teams"]} >= {"Olive"}


def test_a_token_is_needed(nobody: Api) -> None:
    answer = nobody.get("me")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_wrong_token_does_not_fall_back_to_the_session(owner: User) -> None:
    client = Client(headers={"Authorization": "Bearer st_wrong"})
    client.force_login(owner)
    assert client.get("/api/v1/me").status_code == 401


def test_a_revoked_token_is_refused_at_once(owner: User) -> None:
    token, secret = actions.create_token(user=owner)
    api = Api(secret)
    assert api.get("me").status_code == 200
    actions.revoke_token(actor=Actor.of(owner), token=token)
    assert api.get("me").status_code == 401


def test_a_person_who_was_switched_off_is_refused(me: Api, owner: User) -> None:
    owner.is_active = False
    owner.save()
    assert me.get("me").status_code == 401


def test_a_session_reads_and_needs_the_csrf_token_to_change(owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    assert client.get("/api/v1/me").json()["token"] is None
    refused = client.post("/api/v1/teams", {"name": "New"}, content_type="application/json")
    assert refused.status_code == 403
    assert refused.json()["type"] == "/problems/csrf"
    client.get("/api/v1/docs")  # a page brings the cookie
    client.get("/signin/")
    csrf = client.cookies["csrftoken"].value
    made = client.post(
        "/api/v1/teams", {"name": "New"}, content_type="application/json", headers={"X-CSRFToken": csrf}
    )
    assert made.status_code == 201


def test_a_token_of_a_team_sees_that_team_alone(owner: User, team: Team, as_user: Callable[..., Api]) -> None:
    api = as_user(owner, team=team)
    assert [found["id"] for found in api.get("me").json()["teams"]] == [str(team.pk)]
    assert [found["id"] for found in api.get("teams").json()["items"]] == [str(team.pk)]

"""The account: name and address, password, API tokens."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from studio.teams.models import ApiToken, Team, User
from tests.teams.conftest import PASSWORD

pytestmark = pytest.mark.django_db
Clients = Callable[[User], Client]


def test_name_and_address(alice: User, client_of: Clients) -> None:
    client_of(alice).post("/account/profile/", {"name": "Alice B", "email": "alice@b.example"})
    alice.refresh_from_db()
    assert (alice.name, alice.email) == ("Alice B", "alice@b.example")


def test_an_address_belongs_to_one_person(alice: User, bob: User, client_of: Clients) -> None:
    answer = client_of(alice).post("/account/profile/", {"name": "Alice", "email": "BOB@example.org"})
    assert answer.status_code == 422
    assert "Another account has this address." in answer.content.decode()
    assert User.objects.get(pk=alice.pk).email == "alice@example.org"


def test_a_new_password_asks_for_the_old_one(alice: User, client_of: Clients) -> None:
    client, elsewhere = client_of(alice), client_of(alice)
    new = {"new_password1": "eight grey seals at noon", "new_password2": "eight grey seals at noon"}
    assert client.post("/account/password/", new | {"old_password": "wrong"}).status_code == 422
    assert client.post("/account/password/", new | {"old_password": PASSWORD}).status_code == 302
    assert client.get("/account/").status_code == 200  # this device stays in
    assert elsewhere.get("/account/").status_code == 302  # others are out


def test_who_has_none_sets_a_first_one(bob: User, client_of: Clients) -> None:
    new = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client_of(bob).post("/account/password/", new).status_code == 302
    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)


def test_a_token_is_shown_once_works_and_is_revoked(alice: User, team: Team, client_of: Clients) -> None:
    client = client_of(alice)
    page = client.post("/account/tokens/", {"name": "plugin", "team": str(team.pk), "scopes": ["read"]})
    secret = re.search(r"st_[\w-]{43}", page.content.decode())
    assert secret
    assert "st_" not in client.get("/account/").content.decode()
    token = ApiToken.objects.get(user=alice)
    assert (token.team, token.scopes, token.name) == (team, ["read"], "plugin")
    bearer = {"Authorization": f"Bearer {secret.group()}"}
    assert Client().get("/api/v1/me", headers=bearer).status_code == 200
    client.post(f"/account/tokens/{token.pk}/revoke/")
    assert Client().get("/api/v1/me", headers=bearer).status_code == 401


def test_a_token_for_somebody_elses_team_is_refused(alice: User, charlie: User, client_of: Clients) -> None:
    theirs = Team.objects.get(personal_of=charlie)
    assert client_of(alice).post("/account/tokens/", {"name": "x", "team": str(theirs.pk)}).status_code == 422


def test_nobody_revokes_anothers(alice: User, charlie: User, client_of: Clients) -> None:
    client_of(alice).post("/account/tokens/", {"name": "plugin"})
    token = ApiToken.objects.get()
    assert client_of(charlie).post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_prompts_go_into_files_only_where_the_person_ticks_it(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert b"prompt_in_files" in client.get("/account/").content
    details = {"name": "Alice", "email": alice.email}
    client.post("/account/profile/", {**details, "prompt_in_files": "on"})
    alice.refresh_from_db()
    assert alice.preferences["prompt_in_files"] is True
    client.post("/account/profile/", details)
    alice.refresh_from_db()
    assert alice.preferences["prompt_in_files"] is False

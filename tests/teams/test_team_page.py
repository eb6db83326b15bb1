"""The team: members and roles, invitations by link, new teams, moving between them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from studio.teams.models import Invitation, Member, Team, User
from tests.teams.conftest import PASSWORD

pytestmark = pytest.mark.django_db
Clients = Callable[[User], Client]


def invite(client: Client, role: str = "creator") -> str:
    """The address of a new invitation, as the page shows it."""
    page = client.post("/team/invite/", {"role": role}).content.decode()
    found = re.search(r"https?://[^/]+(/join/[\w-]+/)", page)
    assert found
    return found.group(1)


def role_of(user: User, team: Team) -> str:
    return Member.objects.get(user=user, team=team).role


def test_it_shows_members_and_roles(alice: User, bob: User, client_of: Clients) -> None:
    page = client_of(bob).get("/team/").content.decode()
    assert "Harbour" in page
    assert "alice@example.org" in page
    assert "Invite by link" not in page  # a creator invites nobody
    assert "Invite by link" in client_of(alice).get("/team/").content.decode()


def test_somebody_signed_in_joins_by_link(alice: User, team: Team, charlie: User, client_of: Clients) -> None:
    link = invite(client_of(alice), "reviewer")
    client = Client()
    client.force_login(charlie)
    assert "Join Harbour" in client.get(link).content.decode()
    assert client.post(link).headers["Location"] == "/"
    assert role_of(charlie, team) == "reviewer"
    assert "Harbour" in client.get("/team/").content.decode()  # that is where one works now
    assert Client().get(link).status_code == 410


def test_somebody_new_makes_an_account(alice: User, team: Team, client_of: Clients) -> None:
    link = invite(client_of(alice))
    client = Client()
    form = {"name": "Dora", "email": "dora@example.org", "password": "short"}
    refused = client.post(link, form)
    assert refused.status_code == 422
    assert "Dora" in refused.content.decode()  # what was typed stays
    assert client.post(link, form | {"password": PASSWORD}).status_code == 302
    dora = User.objects.get(email="dora@example.org")
    assert role_of(dora, team) == "creator"
    assert Team.objects.filter(personal_of=dora).exists()


def test_an_address_that_is_known_signs_in_instead(alice: User, charlie: User, client_of: Clients) -> None:
    form = {"name": "C", "email": "charlie@example.org", "password": PASSWORD}
    answer = Client().post(invite(client_of(alice)), form)
    assert answer.status_code == 422
    assert "Sign in, then follow the link again." in answer.content.decode()


def test_a_revoked_or_old_link_no_longer_works(alice: User, client_of: Clients) -> None:
    client = client_of(alice)
    link = invite(client)
    client.post(f"/team/invitations/{Invitation.objects.get().pk}/revoke/")
    assert Client().get(link).status_code == 410
    link = invite(client)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(link).status_code == 410


def test_a_manager_makes_no_owner(alice: User, bob: User, team: Team, client_of: Clients) -> None:
    Member.objects.filter(user=bob).update(role="manager")
    assert client_of(bob).post("/team/invite/", {"role": "owner"}).status_code == 403
    assert client_of(bob).post(f"/team/members/{bob.pk}/role/", {"role": "owner"}).status_code == 403
    assert role_of(bob, team) == "manager"


def test_change_a_role(alice: User, bob: User, team: Team, client_of: Clients) -> None:
    client_of(alice).post(f"/team/members/{bob.pk}/role/", {"role": "manager"})
    assert role_of(bob, team) == "manager"


def test_a_team_keeps_an_owner(alice: User, bob: User, team: Team, client_of: Clients) -> None:
    client = client_of(alice)
    answer = client.post(f"/team/members/{alice.pk}/remove/", follow=True)
    assert "keeps at least one owner" in answer.content.decode()
    assert role_of(alice, team) == "owner"


def test_leave(bob: User, team: Team, client_of: Clients) -> None:
    client = client_of(bob)
    assert client.post(f"/team/members/{bob.pk}/remove/").headers["Location"] == "/"
    assert not Member.objects.filter(user=bob, team=team).exists()
    assert "Harbour" not in client.get("/team/").content.decode().split("toast")[0]


def test_remove(alice: User, bob: User, team: Team, charlie: User, client_of: Clients) -> None:
    assert client_of(charlie).post(f"/team/members/{bob.pk}/remove/").status_code == 404
    assert client_of(bob).post(f"/team/members/{alice.pk}/remove/").status_code == 403
    client_of(alice).post(f"/team/members/{bob.pk}/remove/")
    assert not Member.objects.filter(user=bob, team=team).exists()


def test_make_a_team_and_go_between(alice: User, team: Team, client_of: Clients) -> None:
    client = client_of(alice)
    client.post("/team/new/", {"name": "  Lighthouse "})
    assert "Lighthouse" in client.get("/team/").content.decode()
    assert role_of(alice, Team.objects.get(name="Lighthouse")) == "owner"
    client.post("/team/choose/", {"team": str(team.pk), "next": "/gallery/"})
    assert "<title>Harbour</title>" in client.get("/team/").content.decode()


def test_nobody_goes_to_a_team_that_is_not_theirs(charlie: User, team: Team) -> None:
    client = Client()
    client.force_login(charlie)
    assert client.post("/team/choose/", {"team": str(team.pk)}).status_code == 404
    assert client.post("/team/choose/", {"team": "wrong"}).status_code == 404
    assert "Harbour" not in client.get(f"/team/?team={team.pk}").content.decode()


def test_a_personal_team_takes_nobody(charlie: User) -> None:
    client = Client()
    client.force_login(charlie)
    answer = client.post("/team/invite/", {"role": "viewer"}, follow=True)
    assert "A personal team has one member" in answer.content.decode()

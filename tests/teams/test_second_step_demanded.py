"""A team that demands a second step: who owes it sees nothing of it, is told where to go, and comes back by themselves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from studio.teams.actions import Refused, accept_invitation, create_token, invite
from studio.teams.demand import demand
from studio.teams.models import AuditEntry, Identity, Member, Passkey, Team, Totp, User
from studio.teams.rights import Actor, NotAllowed, StepOwed, can, require
from studio.teams.second_step import WAY

pytestmark = pytest.mark.django_db
Join = Callable[[str, str], User]


def with_app(user: User) -> User:
    Totp.objects.create(user=user, secret="x", confirmed_at=timezone.now())
    return user


def with_passkey(user: User) -> User:
    Passkey.objects.create(user=user, name="Key", key_hash=str(user.pk), credential=b"x")
    return user


@pytest.fixture
def strict(team: Team, alice: User) -> Team:
    with_app(alice)
    return demand(actor=Actor.of(alice), team=team, wanted="own")


def browser(user: User, team: Team, way: str = "") -> Client:
    client = Client()
    client.force_login(user)
    session = client.session
    session["team"], session[WAY] = str(team.pk), way
    session.save()
    return client


def test_an_owner_without_one_cannot_ask_it_of_others(team: Team, alice: User, bob: User) -> None:
    with pytest.raises(Refused, match="first to be kept out"):
        demand(actor=Actor.of(alice), team=team, wanted="own")
    with pytest.raises(NotAllowed):
        demand(actor=Actor.of(with_app(bob)), team=team, wanted="own")
    with_passkey(alice)
    with pytest.raises(Refused):  # a passkey that one did not come in by
        demand(actor=Actor.of(alice, way=""), team=team, wanted="own")
    demand(actor=Actor.of(alice, way="passkey"), team=team, wanted="own")
    assert AuditEntry.objects.get(team=team, verb="team.second_step").detail == {"demand": "own"}


def test_who_owes_it_sees_nothing_of_the_team(strict: Team, bob: User) -> None:
    actor = Actor.of(bob)
    assert strict.pk not in actor.roles
    assert not can(actor, "asset.view", strict)
    with pytest.raises(StepOwed):
        require(actor, "asset.view", strict)
    with_app(bob)
    assert can(Actor.of(bob), "asset.view", strict)


def test_the_pages_lead_there_once_and_others_go_on(strict: Team, bob: User) -> None:
    client = browser(bob, strict)
    first = client.get("/gallery/")
    assert (first.status_code, first["Location"]) == (302, f"/second-step/{strict.pk}/")
    told = client.get(first["Location"])
    assert told.status_code == 403
    assert "asks for a second step" in told.content.decode()
    assert client.get("/account/").status_code == 200
    assert client.get(f"/gallery/?team={strict.pk}")["Location"] == f"/second-step/{strict.pk}/"
    assert client.post("/team/choose/", {"team": str(strict.pk)})["Location"] == f"/second-step/{strict.pk}/"
    members = client.get("/team/").content.decode()
    assert "Alice" not in members, "the page is about a place of one's own"
    with_app(bob)
    assert client.get(f"/second-step/{strict.pk}/")["Location"] == "/"
    assert "Alice" in client.get("/team/").content.decode()


def test_outside_it_is_not_there(strict: Team, charlie: User) -> None:
    assert browser(charlie, strict).get(f"/second-step/{strict.pk}/").status_code == 404


def test_a_passkey_counts_for_who_came_in_by_it(strict: Team, bob: User) -> None:
    with_passkey(bob)
    by_password = browser(bob, strict).get("/gallery/")
    assert by_password["Location"] == f"/second-step/{strict.pk}/"
    assert browser(bob, strict, "passkey").get("/gallery/").status_code == 200
    page = browser(bob, strict).get(f"/second-step/{strict.pk}/", follow=True).content.decode()
    assert "Sign out, and sign in with it" in page


def test_a_companys_sign_in_counts_where_the_team_says_so(strict: Team, alice: User, bob: User) -> None:
    Identity.objects.create(user=bob, issuer="https://id.example", subject="bob")
    assert browser(bob, strict, "oidc").get("/gallery/").status_code == 302
    demand(actor=Actor.of(alice), team=strict, wanted="company")
    assert browser(bob, strict, "oidc").get("/gallery/").status_code == 200
    assert browser(bob, strict).get("/gallery/").status_code == 302, "a link is no sign-in by the company"
    bob.set_password("a password beside it opens the door alone")
    bob.save()
    assert browser(bob, strict, "oidc").get("/gallery/").status_code == 302


def test_tokens_answer_a_plain_problem(strict: Team, bob: User) -> None:
    for team in (strict, None):
        _token, secret = create_token(user=bob, team=team)
        client = Client(headers={"Authorization": f"Bearer {secret}"})
        answer = client.get(f"/api/v1/teams/{strict.pk}")
        assert answer.status_code == 403
        assert answer.json()["type"].endswith("/problems/second-step")
    assert [team["name"] for team in client.get("/api/v1/teams").json()["items"]] == ["Bob"]
    with_app(bob)
    assert client.get(f"/api/v1/teams/{strict.pk}").json()["second_step"] == "own"


def test_who_joins_owes_it_too(strict: Team, alice: User, charlie: User) -> None:
    _invitation, token = invite(actor=Actor.of(alice), team=strict, role="creator")
    accept_invitation(user=charlie, token=token)
    assert strict.pk in Actor.of(charlie).held


def test_switched_off_everybody_is_back(strict: Team, alice: User, bob: User) -> None:
    demand(actor=Actor.of(alice), team=strict, wanted="")
    assert strict.pk in Actor.of(bob).roles
    assert not Member.objects.exclude(demands="").exists()


def test_the_owners_form(team: Team, alice: User, bob: User) -> None:
    client = browser(with_app(alice), team)
    assert "Without one now:</p>" not in client.get("/team/").content.decode()
    assert "Bob" in client.get("/team/").content.decode()
    assert client.post("/team/second-step/", {"demand": "own"}).status_code == 302
    team.refresh_from_db()
    assert team.second_step == "own"
    session = client.session
    session["entered_at"] = 0.0
    session.save()
    client.post("/team/second-step/", {"demand": ""})
    team.refresh_from_db()
    assert team.second_step == "own", "a sign-in of long ago changes nothing"

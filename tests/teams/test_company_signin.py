"""Sign-in by a company's provider (OIDC), over real HTTP with real keys: who comes in, who is linked, what is refused."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.http import HttpResponse
from django.test import Client

from studio.teams import throttle
from studio.teams.actions import make_signin_link
from studio.teams.models import ApiToken, AuditEntry, Identity, Member, Team, User
from tests.provider import CLIENT, SECRET, Provider
from tests.teams.conftest import PASSWORD
from tests.teams.test_signin_page import signed_in

pytestmark = pytest.mark.django_db
BROWSER = httpx.Client()  # towards the provider
DORA = {"sub": "d-1", "email": "dora@example.org", "email_verified": True, "name": "Dora"}


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def provider(running: Provider, settings: Any) -> Provider:
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = (
        running.issuer,
        CLIENT,
        SECRET,
    )
    settings.OIDC_NAME, settings.OIDC_TEAM, settings.OIDC_ROLE = "Harbour & Sons", "", "creator"
    running.person, running.forged, running.key = dict(DORA), {}, running.published
    return running


def begin(client: Client) -> str:
    """The address on which the provider sends the browser back."""
    asked = client.get("/signin/oidc/?next=/gallery/").headers["Location"]
    back = urlsplit(BROWSER.get(asked).headers["Location"])
    return f"{back.path}?{back.query}"


def come(client: Client | None = None) -> tuple[Client, HttpResponse]:
    """Through the provider and back."""
    client = client or Client()
    return client, client.get(begin(client))  # type: ignore[return-value]


def refused(words: str, client: Client | None = None) -> None:
    client, answer = come(client)
    assert answer.headers["Location"].startswith("/signin/")
    assert words in client.get("/signin/").content.decode()
    assert not signed_in(client)


def test_it_is_not_there_unless_the_operator_names_a_provider() -> None:
    assert Client().get("/signin/oidc/").status_code == 404
    assert Client().get("/signin/oidc/back/?code=x&state=y").status_code == 404
    assert "/signin/oidc/" not in Client().get("/signin/").content.decode()


def test_a_newcomer_joins_the_team_that_the_operator_names(
    provider: Provider, team: Team, settings: Any
) -> None:
    settings.OIDC_TEAM = "Harbour"
    assert "Sign in with Harbour &amp; Sons" in Client().get("/signin/").content.decode()
    client, answer = come()
    assert answer.headers["Location"] == "/gallery/"
    assert signed_in(client)
    dora = User.objects.get(email="dora@example.org")
    assert Member.objects.get(user=dora, team=team).role == "creator"
    assert not dora.has_usable_password()
    provider.person["email"] = "d.new@example.org"  # the subject stays: so does the person
    assert signed_in(come()[0])
    assert User.objects.filter(email__startswith="d").count() == 1
    assert AuditEntry.objects.filter(user=dora, verb="signin.oidc").count() == 2
    assert AuditEntry.objects.get(user=dora, verb="member.join").team == team


def test_nobody_becomes_an_owner_by_it(provider: Provider, team: Team, settings: Any) -> None:
    settings.OIDC_TEAM, settings.OIDC_ROLE = str(team.pk), "owner"
    come()
    assert Member.objects.get(user__email="dora@example.org", team=team).role == "viewer"


def test_without_such_a_team_there_are_no_newcomers(provider: Provider) -> None:
    refused("Ask for an invitation")
    assert not User.objects.filter(email="dora@example.org").exists()


def test_an_account_is_linked_by_its_verified_address_and_earlier_ways_in_end(
    provider: Provider, alice: User
) -> None:
    ApiToken.objects.create(user=alice, token_hash="x")
    elsewhere = Client()
    elsewhere.force_login(alice)
    link = make_signin_link(alice)
    provider.person |= {"email": "ALICE@example.org", "sub": "a-1"}
    client, answer = come()
    assert answer.headers["Location"] == "/gallery/"
    assert "/account/" in client.get("/account/").request["PATH_INFO"]
    assert Identity.objects.get(subject="a-1").user == alice
    alice.refresh_from_db()
    assert not alice.check_password(PASSWORD)
    assert not signed_in(elsewhere)
    assert Client().post(f"/signin/{link}/").status_code == 410
    assert ApiToken.objects.get(user=alice).revoked_at is None
    assert AuditEntry.objects.filter(user=alice, verb="oidc.link").exists()


@pytest.mark.parametrize("said", [{"email_verified": False}, {"email_verified": 1}, {}])
def test_an_address_that_is_not_verified_opens_nothing(
    provider: Provider, alice: User, said: dict[str, Any]
) -> None:
    provider.person = {"sub": "a-1", "email": alice.email, **said}
    refused("has not verified your e-mail address")
    assert not Identity.objects.exists()


def test_an_address_given_to_somebody_else_does_not_open_the_first_ones_account(
    provider: Provider, alice: User
) -> None:
    Identity.objects.create(user=alice, issuer=provider.issuer, subject="a-1")
    provider.person |= {"email": alice.email, "sub": "a-2"}
    refused("belongs to somebody else at Harbour &amp; Sons")


def test_an_account_that_is_switched_off_stays_off(provider: Provider, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    provider.person["email"] = alice.email
    refused("switched off")
    assert not Identity.objects.exists()


FORGED = {
    "wrong nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "wrong aud": {"aud": "another client"},
    "aud of several without azp": {"aud": [CLIENT, "another"]},
    "azp of another": {"azp": "another client"},
    "wrong iss": {"iss": "https://elsewhere.example"},
    "too old": {"exp": int(time.time()) - 3600},
    "no sub": {"sub": None},
}


@pytest.mark.parametrize("claims", FORGED.values(), ids=FORGED)
def test_an_id_token_that_is_not_for_this_sign_in_is_refused(
    provider: Provider, alice: User, claims: dict[str, Any]
) -> None:
    provider.person["email"] = alice.email
    provider.forged = claims
    refused("did not sign you in")


def test_a_token_that_another_key_has_signed_is_refused(provider: Provider, alice: User) -> None:
    from joserfc.jwk import RSAKey

    provider.person["email"] = alice.email
    provider.key = RSAKey.generate_key(2048, {"kid": "one"})
    refused("did not sign you in")


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS256", "kid": "one"}])
def test_a_token_without_the_providers_signature_is_refused(
    provider: Provider, alice: User, monkeypatch: pytest.MonkeyPatch, header: dict[str, str]
) -> None:
    """Unsigned, or by an algorithm that needs no key of the provider's."""
    provider.person["email"] = alice.email
    right = provider.token

    def unsigned(form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        tokens = right(form, authorization)
        assert tokens
        _head, claims, signature = tokens["id_token"].split(".")
        head = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
        return {**tokens, "id_token": f"{head}.{claims}.{'' if header['alg'] == 'none' else signature}"}

    monkeypatch.setattr(provider, "token", unsigned)
    refused("did not sign you in")


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(provider: Provider, alice: User) -> None:
    provider.person["email"] = alice.email
    client, other = Client(), Client()
    back = begin(client)
    other.get(back)  # nothing begun there
    assert not signed_in(other)
    begin(other)
    other.get(back)  # another's state
    assert not signed_in(other)
    client.get(back)
    assert signed_in(client)
    client.post("/signout/")
    client.get(back)  # its cookie is gone
    assert not signed_in(client)


def test_a_provider_that_is_away_is_said(provider: Provider, settings: Any) -> None:
    settings.OIDC_ISSUER = "http://127.0.0.1:9"  # nobody listens
    client = Client()
    assert client.get("/signin/oidc/").headers["Location"] == "/signin/"
    assert "did not sign you in" in client.get("/signin/").content.decode()


def test_a_second_step_comes_before_the_account_is_linked(provider: Provider, alice: User) -> None:
    from tests.teams.test_second_step import code_of, switch_on

    switch_on(alice)
    provider.person["email"] = alice.email
    client, answer = come()
    assert answer.headers["Location"] == "/signin/code/"
    assert not Identity.objects.exists()
    client.post("/signin/code/", {"code": code_of(alice, ahead=1)})
    assert signed_in(client)
    assert Identity.objects.get().user == alice


def test_a_whole_office_behind_one_address_comes_in(
    provider: Provider, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(throttle.RULES, "oidc", throttle.Rule(1, 600))
    provider.person["email"] = alice.email
    assert all(signed_in(come()[0]) for _ in range(3))


def test_answers_from_one_address_are_counted(
    provider: Provider, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(throttle.RULES, "oidc", throttle.Rule(1, 600))
    provider.person["email"] = alice.email
    Client().get("/signin/oidc/back/?code=guess&state=guess")
    refused("Too many tries")

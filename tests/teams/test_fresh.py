"""A session that was left open makes no way in that outlives it: a recent sign-in is asked for."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from studio.teams import totp
from studio.teams.actions import create_user
from studio.teams.fresh import ENTERED, LATELY_S
from studio.teams.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(db: None) -> User:
    """Without a password: with one, the page asks for that."""
    return create_user(email="alice@example.org", name="Alice")


@pytest.fixture
def stale(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    session = client.session
    session[ENTERED] = time.time() - LATELY_S - 1
    session.save()
    return client


def test_what_decides_who_gets_in_is_refused_in_words(alice: User, stale: Client) -> None:
    before = alice.email
    for path, form in (
        ("/account/totp/begin/", {}),
        ("/account/passkeys/options/", {}),
        ("/account/profile/", {"name": alice.name, "email": "elsewhere@example.org"}),
        ("/account/password/", {"new_password1": "a fine long one", "new_password2": "a fine long one"}),
    ):
        answer = stale.post(path, form, headers={"Referer": "/account/"}, follow=True)
        assert "more than half an hour ago" in answer.content.decode(), path
    alice.refresh_from_db()
    assert alice.email == before
    assert not alice.has_usable_password()
    assert totp.begun(alice) is None


def test_the_rest_of_the_account_is_as_ever(alice: User, stale: Client) -> None:
    stale.post("/account/profile/", {"name": "Another name", "email": alice.email})
    alice.refresh_from_db()
    assert alice.name == "Another name"


def test_who_has_just_signed_in_may(alice: User) -> None:
    client = Client()
    client.force_login(alice)
    client.post("/account/totp/begin/")
    assert totp.begun(alice) is not None

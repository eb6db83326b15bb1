"""Two people who share nothing, each with a personal team, and clients that are signed in as they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from studio.teams import actions as teams
from studio.teams.models import Team, User
from studio.teams.rights import Actor

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _own(tmp_path: Path, settings: Any) -> None:
    """Blobs and scratch of this test alone; hashes that do not take a third of a second each."""
    settings.BLOBS = tmp_path / "blobs"
    settings.SCRATCH = tmp_path / "scratch"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def alice(db: None) -> User:
    return teams.create_user(email="alice@example.org", name="Alice", password=PASSWORD)


@pytest.fixture
def bob(db: None) -> User:
    return teams.create_user(email="bob@example.org", name="Bob", password=PASSWORD)


@pytest.fixture
def team(alice: User) -> Team:
    """Alice's."""
    return Team.objects.get(personal_of=alice)


@pytest.fixture
def bobs_team(bob: User) -> Team:
    return Team.objects.get(personal_of=bob)


@pytest.fixture
def actor(alice: User) -> Actor:
    return Actor.of(alice)


def bearer(user: User, **more: object) -> Client:
    """A client with a token of this person."""
    secret = teams.create_token(user=user, **more)[1]  # type: ignore[arg-type]
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def as_alice(alice: User) -> Client:
    return bearer(alice)


@pytest.fixture
def as_bob(bob: User) -> Client:
    return bearer(bob)


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser's client, which checks CSRF as a browser's requests are checked."""

    def make(user: User) -> Client:
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        return client

    return make

"""People and a team for the tests of the team pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from studio.teams.actions import create_team, create_user
from studio.teams.current import TEAM_KEY
from studio.teams.models import Member, Team, User
from studio.teams.rights import Actor

PASSWORD = "seven grey seals at noon"


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Any) -> None:
    """The real hash takes a third of a second on purpose; these tests are about other things."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def alice(db: None) -> User:
    """Owner of the team."""
    return create_user(email="alice@example.org", name="Alice", password=PASSWORD)


@pytest.fixture
def team(alice: User) -> Team:
    return create_team(actor=Actor.of(alice), name="Harbour")


@pytest.fixture
def bob(team: Team) -> User:
    """A creator in the team, who signs in by link: no password."""
    bob = create_user(email="bob@example.org", name="Bob")
    Member.objects.create(team=team, user=bob, role="creator")
    return bob


@pytest.fixture
def charlie(db: None) -> User:
    """Outside the team."""
    return create_user(email="charlie@example.org", name="Charlie")


@pytest.fixture
def client_of(team: Team) -> Callable[[User], Client]:
    """A browser of somebody signed in, working in the team."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user)
        session = client.session
        session[TEAM_KEY] = str(team.pk)
        session.save()
        return client

    return make

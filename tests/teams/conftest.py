"""People and a team for the tests of the team pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from studio.teams.actions import create_user
from studio.teams.current import TEAM_KEY
from studio.teams.models import Team, User

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

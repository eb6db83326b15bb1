"""Alice owns a team, Bob creates in it, Charlie is outside: the people of most tests. A plugin of conftest.py."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from studio.teams.actions import create_team, create_user
from studio.teams.models import Member, Team, User
from studio.teams.rights import Actor


@pytest.fixture
def alice(db: None) -> User:
    """Owner of the team."""
    return create_user(email="alice@example.org", name="Alice")


@pytest.fixture
def team(alice: User) -> Team:
    return create_team(actor=Actor.of(alice), name="Harbour")


@pytest.fixture
def join(team: Team) -> Callable[[str, str], User]:
    """join("Dora", "viewer") makes a person who is in the team."""

    def make(name: str, role: str) -> User:
        user = create_user(email=f"{name.lower()}@example.org", name=name)
        Member.objects.create(team=team, user=user, role=role)
        return user

    return make


@pytest.fixture
def bob(join: Callable[[str, str], User]) -> User:
    """A creator in the team."""
    return join("Bob", "creator")


@pytest.fixture
def charlie(db: None) -> User:
    """Outside the team."""
    return create_user(email="charlie@example.org", name="Charlie")

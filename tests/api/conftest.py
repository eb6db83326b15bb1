"""People of a team in each role, and clients that speak the API for them (Django's own, no server)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from django.test import Client

from studio.teams import actions
from studio.teams.models import Member, Team, User
from studio.teams.rights import Actor
from tests.stack import Stack


class Api:
    """Calls of the API as one person: JSON in, the response out."""

    def __init__(self, secret: str | None) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {secret}"} if secret else {})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", query)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.client.post(
            f"/api/v1/{path}", body or {}, content_type="application/json", headers=headers
        )

    def patch(self, path: str, body: Any) -> Any:
        return self.client.patch(f"/api/v1/{path}", body, content_type="application/json")

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/api/v1/{path}")


@pytest.fixture
def owner(db: None) -> User:
    return actions.create_user(email="owner@example.org", name="Olive")


@pytest.fixture
def team(owner: User) -> Team:
    return actions.create_team(actor=Actor.of(owner), name="Lamplight")


@pytest.fixture
def person(team: Team) -> Callable[[str], User]:
    """A new member of the team in this role; "outsider" is in another team only."""

    def make(role: str) -> User:
        user = actions.create_user(email=f"{role}@example.org", name=role.title())
        if role != "outsider":
            Member.objects.create(team=team, user=user, role=role)
        return user

    return make


@pytest.fixture
def as_user(db: None) -> Callable[..., Api]:
    """Makes a client with a new token of that person."""

    def make(user: User, *, team: Team | None = None, scopes: tuple[str, ...] = ()) -> Api:
        return Api(actions.create_token(user=user, team=team, scopes=scopes)[1])

    return make


@pytest.fixture
def me(owner: User, as_user: Callable[..., Api]) -> Api:
    """The owner's client."""
    return as_user(owner)


@pytest.fixture
def nobody(db: None) -> Api:
    """A client without a token."""
    return Api(None)


@pytest.fixture(scope="session")
def live(stack: Stack) -> Iterator[httpx.Client]:
    """A client of one person against the running studio, for all tests that need one."""
    with stack.client(stack.token(stack.new_name())) as client:
        yield client

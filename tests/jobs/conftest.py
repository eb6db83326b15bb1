"""People, a team and a node for the tests of jobs. Rows only: no worker runs here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from generators.registry import tools
from studio.jobs import actions
from studio.jobs.actions import Slot
from studio.jobs.models import Job, Node
from studio.teams.actions import create_team, create_user
from studio.teams.models import Member, Team, User
from studio.teams.rights import Actor

GIB = 2**30


@pytest.fixture
def alice(db: None) -> User:
    """Owner of the team."""
    return create_user(email="alice@example.org", name="Alice")


@pytest.fixture
def team(alice: User) -> Team:
    return create_team(actor=Actor.of(alice), name="Harbour")


@pytest.fixture
def join(team: Team) -> Callable[[str, str], User]:
    """join("Bob", "creator") makes a person who is in the team."""

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


@pytest.fixture
def node(db: None) -> Node:
    """A CPU node that is here and runs every tool."""
    return Node.objects.create(
        name="juniper",
        device="cpu",
        cores=2,
        memory_bytes=8 * GIB,
        lanes=["make", "io", "train"],
        slots=[{"slot": "make-0", "lane": "make", "job": None}],
        tools={tool.name: tool.version for tool in tools().values()},
    )


@pytest.fixture
def slot(node: Node) -> Slot:
    return Slot(node=node.name, name="make-0", lane="make", memory_bytes=node.memory_bytes)


@pytest.fixture
def submit(team: Team, bob: User) -> Callable[..., Job]:
    """submit() puts a small painting of Bob's into the queue; tool, inputs, user and team can be said."""

    def make(tool: str = "test.paint", user: User | None = None, team: Team = team, **inputs: Any) -> Job:
        if tool == "test.paint":
            inputs.setdefault("prompt", "a plain colour")
        return actions.submit(actor=Actor.of(user or bob), tool=tool, inputs=inputs, team=team)

    return make

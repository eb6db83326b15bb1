"""People, a team and a node for the tests of jobs. Rows only: no worker runs here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from generators.registry import tools
from studio.jobs import actions
from studio.jobs.actions import Slot
from studio.jobs.models import Job, Node
from studio.teams.models import Team, User
from studio.teams.rights import Actor

GIB = 2**30


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

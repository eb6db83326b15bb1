"""People, a team, a node and an installed model for the tests of threads. No worker: what it does, the tests do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from generators.registry import tools
from studio.catalog.models import ModelCard, ModelState
from studio.jobs import actions as jobs
from studio.jobs.actions import Slot
from studio.jobs.models import Job, Node
from studio.teams.models import Team, User
from studio.teams.rights import Actor
from studio.threads import actions
from studio.threads.models import Thread, Turn

GIB = 2**30


@pytest.fixture
def model(db: None) -> ModelCard:
    return ModelCard.objects.create(
        name="talker",
        title="Talker",
        task="text-generation",
        format="gguf",
        state=ModelState.INSTALLED,
        digest="sha256:talker",
        memory_bytes=GIB // 4,
        context=2048,
    )


@pytest.fixture
def node(db: None) -> Node:
    return Node.objects.create(
        name="juniper",
        device="cpu",
        cores=2,
        memory_bytes=8 * GIB,
        lanes=["make"],
        slots=[{"slot": "make-0", "lane": "make", "job": None}],
        tools={tool.name: tool.version for tool in tools().values()},
    )


@pytest.fixture
def thread(bob: User, team: Team, model: ModelCard) -> Thread:
    return actions.start(Actor.of(bob), team)


@pytest.fixture
def say(bob: User, thread: Thread) -> Callable[..., Turn]:
    """say("Hello", after=turn): Bob posts a turn."""

    def post(prompt: str, after: Turn | None = None, **inputs: object) -> Turn:
        return actions.post_turn(Actor.of(bob), thread, prompt, after, inputs)

    return post


@pytest.fixture
def claim(node: Node) -> Callable[[Turn], Job]:
    """Begin an attempt at a turn's job, as a worker does."""

    def begin(turn: Turn) -> Job:
        job = jobs.claim(Slot(node=node.name, name="make-0", lane="make", memory_bytes=node.memory_bytes))
        assert job is not None
        assert job.pk == turn.job_id
        return job

    return begin


@pytest.fixture
def answer(claim: Callable[[Turn], Job], tmp_path: Path) -> Callable[[Turn, str], Turn]:
    """Answer a turn, as a worker does."""

    def write(turn: Turn, text: str) -> Turn:
        job = claim(turn)
        file = tmp_path / "answer.md"
        file.write_text(text, encoding="utf-8")
        jobs.store(job, path=file, medium="text", mime="text/markdown", facts={"notes": ["A note."]})
        jobs.finish(job, state="succeeded")
        return actions.get_turn(turn.thread, turn.pk)

    return write

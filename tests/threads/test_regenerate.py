"""regenerate: the same again beside a turn."""

from __future__ import annotations

from collections.abc import Callable

from studio.teams.models import User
from studio.teams.rights import Actor
from studio.threads import actions
from studio.threads.models import Turn


def test_it_works(say: Callable[..., Turn], answer: Callable[[Turn, str], Turn], bob: User) -> None:
    one = answer(say("One?"), "1")
    two = answer(say("Two?", one, temperature=0.3), "2")
    again = actions.regenerate(Actor.of(bob), two)
    assert two.job is not None
    assert again.job is not None
    assert (again.parent, again.prompt) == (one, "Two?")
    assert again.job.inputs["messages"] == two.job.inputs["messages"]
    assert again.job.inputs["temperature"] == 0.3
    assert again.job.inputs["seed"] != two.job.inputs["seed"]

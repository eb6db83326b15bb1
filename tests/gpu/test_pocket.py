"""The built-in model on the card: its pictures beside the processor's, and several together."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from generators.context import Context
from generators.events import NewAsset
from tests.generators.image.conftest import POCKET
from tests.generators.image.pictures import Pixels, pixels
from tests.gpu.conftest import apart, say, spread

pytestmark = pytest.mark.gpu

Draw = Callable[..., Pixels]
Make = Callable[..., Context]
PROMPTS = ("a red apple", "a blue car", "an owl", "a house", "a cat", "a tree", "a boat", "a guitar")


@pytest.mark.parametrize("prompt", ["a red apple", "a cat to the left of a tree"])
def test_as_on_the_processor(prompt: str, draw: Draw, context: Make) -> None:
    import numpy as np

    here = draw(POCKET, prompt=prompt, steps=20)
    there = draw(POCKET, prompt=prompt, steps=20, of=context(POCKET, device="cpu"))
    most = np.abs(here.astype(int) - there.astype(int)).max()
    say(f"{prompt}: {apart(here, there):.3f} levels from the processor's, {most} at most")
    assert spread(here) > 10
    assert apart(here, there) < 2
    assert (here == draw(POCKET, prompt=prompt, steps=20)).all()


@pytest.mark.parametrize("count", [1, 8])
def test_several_together(count: int, draw: Draw, context: Make, tmp_path: Path) -> None:
    """As many pictures in one go as each alone; says how much sooner."""
    from generators.image import together
    from generators.image.generate import GenerateInputs

    contexts = []
    for place in range(count):
        folder = tmp_path / f"member-{place}"
        folder.mkdir()
        contexts.append(replace(context(POCKET, seed=40 + place), scratch=folder))
    asked = [GenerateInputs(prompt=one, width=64, height=64, steps=20) for one in PROMPTS[:count]]
    list(together.run(contexts, asked))  # warm
    started = time.monotonic()
    said = list(together.run(contexts, asked))
    at_once = time.monotonic() - started
    made = {place: pixels(event.path) for place, event in said if isinstance(event, NewAsset)}
    started = time.monotonic()
    alone = [draw(POCKET, seed=40 + place, prompt=one.prompt, steps=20) for place, one in enumerate(asked)]
    apiece = time.monotonic() - started
    say(f"{count} together {at_once:.2f} s, one by one {apiece:.2f} s: {apiece / at_once:.2f} times as fast")
    for place, picture in enumerate(alone):
        assert apart(made[place], picture) < 1

"""Pictures drawn in one go are those that each would be alone, but for the last digit; each hears of itself alone."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from generators.context import Context
from generators.events import NewAsset, Progress
from generators.image import together
from generators.image.generate import GenerateInputs, generate
from tests.generators.image.conftest import POCKET, asset_of

Make = Callable[..., Context]
PROMPTS = (
    "a red guitar",
    "a cat to the left of a tree",
    "a (blue:1.3) car",
    "an owl",
    "a house in a sidwalk",
)


@pytest.fixture
def contexts(context: Make, tmp_path: Path) -> list[Context]:
    one = context(POCKET)
    made = []
    for place in range(len(PROMPTS)):
        folder = tmp_path / f"member-{place}"
        folder.mkdir()
        made.append(replace(one, seed=40 + place, scratch=folder))
    return made


def inputs(**more: Any) -> list[GenerateInputs]:
    said: dict[str, Any] = {"width": 128, "height": 96, "steps": 5, "step_cache": True, **more}
    return [GenerateInputs(prompt=prompt, **said) for prompt in PROMPTS]


def pixels(asset: NewAsset) -> np.ndarray[Any, Any]:
    from PIL import Image

    with Image.open(asset.path) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def test_it_works(contexts: list[Context], tmp_path: Path) -> None:
    said = list(together.run(contexts, inputs()))
    for place, asked in enumerate(inputs()):
        events = [event for whose, event in said if whose == place]
        steps = [event.step for event in events if isinstance(event, Progress)]
        assert steps == sorted(steps)
        last = [event for event in events if isinstance(event, Progress)][-1]
        assert last.step == last.total
        (asset,) = (event for event in events if isinstance(event, NewAsset))
        folder = tmp_path / f"alone-{place}"
        folder.mkdir()
        alone = asset_of(generate.run(replace(contexts[place], scratch=folder), asked))
        assert asset.facts["notes"] == alone.facts["notes"]
        apart = np.abs(pixels(asset) - pixels(alone))
        assert apart.max() <= 4, "one level at 64 pixels, enlarged"
        assert (apart > 1).mean() < 0.01
        if place in (1, 2):  # two things, and a weight: drawn by themselves
            assert not apart.any()
            assert "together" not in asset.facts
        else:
            assert asset.facts["together"] == 3


def test_what_is_stored_is_not_drawn_again(contexts: list[Context]) -> None:
    contexts[0] = replace(contexts[0], stored=frozenset({0}))
    said = list(together.run(contexts, inputs()))
    assert sorted(place for place, event in said if isinstance(event, NewAsset)) == [1, 2, 3, 4]


def test_it_stops_between_steps(contexts: list[Context]) -> None:
    with closing(cast(Generator[Any], together.run(contexts, inputs(steps=150)))) as stream:
        for _, event in stream:
            if isinstance(event, Progress) and event.step:
                break
    assert not [*contexts[0].scratch.iterdir()]


def test_when_it_pays() -> None:
    plain = inputs()[0].model_dump()
    assert together.most(plain, "pocket", "cpu") == 8
    assert together.most(plain, "pocket", "cuda") == 1, "not measured"
    assert together.most(plain, "diffusers", "cpu") == 1
    assert together.most(plain | {"loras": [{"model": "x", "weight": 1}]}, "pocket", "cpu") == 1


def test_what_is_alike() -> None:
    one = inputs()[0].model_dump()
    assert together.PICTURES.alike(one, one | {"prompt": "a dog", "seed": 3})
    assert not together.PICTURES.alike(one, one | {"steps": 6})

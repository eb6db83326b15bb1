"""A brand kit's colours as words of a prompt."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generators.brand import BrandColour, BrandKit, kit_of
from generators.context import Context
from generators.events import NewAsset
from generators.image import palette, together
from generators.image.generate import GenerateInputs
from tests.generators.image.conftest import POCKET

KIT = BrandKit(
    id=uuid.UUID(int=1),
    name="Harbour light",
    colours=[BrandColour(value=value) for value in ("#1f7a8c", "#e0803f", "#208080", "#fbfaf5")],
)


def test_the_nearest_names_each_once() -> None:
    assert palette.names_of([colour.value for colour in KIT.colours]) == ["teal", "orange", "white"]
    assert palette.names_of([]) == []


def test_they_stand_behind_the_prompt() -> None:
    said, notes = palette.tinted("a lamp", KIT)
    assert said == "a lamp, in teal, orange and white"
    assert notes == ["The colours of Harbour light were added to the prompt: in teal, orange and white."]
    one = KIT.model_copy(update={"colours": KIT.colours[:1]})
    assert palette.tinted("a lamp", one)[0] == "a lamp, in teal"
    for kit in (None, KIT.model_copy(update={"colours": []})):
        assert palette.tinted("a lamp", kit) == ("a lamp", [])


def test_the_picture_is_that_of_the_prompt_with_the_words(draw: Callable[..., bytes]) -> None:
    size: dict[str, Any] = {"width": 64, "height": 64, "steps": 2}
    tinted = draw(POCKET, prompt="a boat", brand=KIT, **size)
    assert tinted == draw(POCKET, prompt="a boat, in teal, orange and white", **size)
    assert tinted != draw(POCKET, prompt="a boat", **size)


def test_pictures_of_one_go_have_them_too(context: Callable[..., Context], tmp_path: Path) -> None:
    contexts, asked = [], []
    for place, prompt in enumerate(("a boat", "a lamp")):
        (tmp_path / str(place)).mkdir()
        contexts.append(replace(context(POCKET), scratch=tmp_path / str(place)))
        asked.append(GenerateInputs(prompt=prompt, width=64, height=64, steps=2, brand=KIT))
    made = [event for _place, event in together.run(contexts, asked) if isinstance(event, NewAsset)]
    assert len(made) == 2
    assert all(palette.tinted("", KIT)[1][0] in asset.facts["notes"] for asset in made)


def test_a_kit_that_nobody_looked_up_is_refused() -> None:
    with pytest.raises(ValueError, match="looked up"):
        kit_of(uuid.uuid4())

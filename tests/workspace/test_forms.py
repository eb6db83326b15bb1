"""A tool's inputs become a form; nothing in it knows a tool's field names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import pytest
from pydantic import Field

from generators import registry
from generators.context import Context
from generators.events import Event, Progress
from generators.fields import Height, ImageAsset, ImageModel, Prompt, Seed, Width
from generators.tool import Inputs, Tool, tool
from studio.workspace.forms import Choice, FieldView, form_for


class EveryInputs(Inputs):
    """One field of each kind."""

    prompt: Prompt
    image: ImageAsset | None = None
    width: Annotated[Width, Field(ge=64, le=1024, multiple_of=8)] = 256
    height: Annotated[Height, Field(ge=64, le=1024, multiple_of=8)] = 256
    steps: Annotated[int, Field(ge=1, le=60, description="More steps: finer, slower")] = 20
    strength: Annotated[float, Field(ge=0, le=1)] = 0.5
    style: Literal["ink", "oil"] = "ink"
    tongue: Literal["English", "German", "French", "Italian", "Dutch"] = "English"
    tiled: bool = False
    stop: list[str] = []
    note: str = ""
    limit: int | None = None
    seed: Seed = None
    model: ImageModel = None


@tool("try.every", title="Every", summary="Has a field of each kind.", makes="image", example={"prompt": "x"})
def every(ctx: Context, inputs: EveryInputs) -> Iterator[Event]:
    yield Progress(1, 1)


@pytest.fixture
def fields() -> dict[str, FieldView]:
    return {view.name: view for view in form_for(every).fields}


def test_it_works(fields: dict[str, FieldView]) -> None:
    widgets = {name: view.widget for name, view in fields.items()}
    assert widgets == {
        "prompt": "prompt",
        "image": "asset",
        "width": "shape",
        "steps": "slider",
        "strength": "slider",
        "style": "segments",
        "tongue": "choice",
        "tiled": "toggle",
        "stop": "lines",
        "note": "line",
        "limit": "number",
        "seed": "seed",
        "model": "model",
    }


def test_numbers_have_range_step_and_help(fields: dict[str, FieldView]) -> None:
    steps = fields["steps"]
    assert (steps.minimum, steps.maximum, steps.step, steps.default) == (1, 60, 1, 20)
    assert steps.help == "More steps: finer, slower."
    assert fields["strength"].step == 0.01
    assert fields["strength"].default_percent == 50.0


def test_width_and_height_are_one_shape(fields: dict[str, FieldView]) -> None:
    shape = fields["width"]
    assert shape.pair is not None
    assert shape.pair.name == "height"
    assert shape.choices[0].value == [256, 256]
    for choice in shape.choices:
        assert choice.value[0] % 8 == choice.value[1] % 8 == 0
        assert 0.8 < choice.value[0] * choice.value[1] / 256**2 < 1.2


def test_few_fields_stand_open() -> None:
    form = form_for(every)
    assert form.prompt is not None
    assert form.prompt.name == "prompt"
    assert [view.name for view in form.open] == ["image", "model", "width", "steps", "seed"]
    assert "note" in [view.name for view in form.more]


def test_values_are_filled_in_and_known_as_changed() -> None:
    form = form_for(every, {"prompt": "A boat", "steps": 44, "height": 512})
    fields = {view.name: view for view in form.fields}
    assert fields["prompt"].value == "A boat"
    assert fields["steps"].changed
    assert fields["width"].changed
    assert not fields["strength"].changed


def test_values_of_inputs_that_are_gone_are_named() -> None:
    assert form_for(every, {"prompt": "A boat", "sampler": "old"}).dropped == ("sampler",)


def test_errors_stand_at_their_field() -> None:
    form = form_for(every, errors={"steps": "At most 60 here."})
    assert {view.name: view.error for view in form.fields if view.error} == {"steps": "At most 60 here."}


def test_models_come_by_task() -> None:
    form = form_for(
        every, models={"text-to-image": [Choice("pocket", "Pocket")], "upscale": [Choice("x4", "×4")]}
    )
    model = next(view for view in form.fields if view.name == "model")
    assert [choice.value for choice in model.choices] == ["pocket"]


@pytest.mark.parametrize(
    "made", [each for each in registry.tools().values() if not each.hidden], ids=lambda t: t.name
)
def test_every_tool_has_a_form(made: Tool) -> None:
    form = form_for(made, made.example)
    names = {view.name for view in form.fields} | {view.pair.name for view in form.fields if view.pair}
    assert names == set(made.inputs.model_fields)
    assert not form.dropped


def test_a_model_brings_its_own_defaults() -> None:
    own = {"steps": 4, "width": 512, "height": 512}
    models = {
        "text-to-image": [Choice(None, "Best"), Choice("quick", "Quick", own=own), Choice("plain", "Plain")]
    }

    def shown(**values: object) -> list[tuple[object, object]]:
        form = form_for(every, values, models=models)
        found = {view.name: view for view in form.fields}
        return [(found[name].value, found[name].default) for name in ("steps", "width")]

    assert shown() == [(20, 20), (256, 256)]
    assert shown(model="quick") == [(4, 4), (512, 512)]
    assert shown(model="quick", steps=9) == [(9, 4), (512, 512)]
    shape = next(view for view in form_for(every, {"model": "quick"}, models=models).fields if view.pair)
    assert [512, 512] in [choice.value for choice in shape.choices]

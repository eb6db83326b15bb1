"""Each model's own defaults: what a card says, what its family's pipeline says in diffusers."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from generators.image import defaults
from generators.image.edit import EditInputs
from generators.image.folders import EDITORS, PIPELINES
from generators.image.generate import GenerateInputs
from generators.tool import ModelFacts


def facts(format: str = "diffusers", **meta: Any) -> ModelFacts:
    return ModelFacts("m", "d", "text-to-image", format, meta=meta)


def test_it_works() -> None:
    assert defaults.of(facts("pocket")) == dict(defaults.POCKET)
    flux = defaults.of(facts(pipeline="FluxPipeline", native=1024))
    assert flux == {"steps": 28, "guidance": 3.5, "width": 1024, "height": 1024}


def test_a_card_says_its_own() -> None:
    few = defaults.of(facts(pipeline="FluxPipeline", native=1024, defaults={"steps": 4, "guidance": 0.0}))
    assert (few["steps"], few["guidance"], few["width"]) == (4, 0.0, 1024)


@pytest.mark.parametrize("pipeline", [*PIPELINES, *EDITORS, ""])
@pytest.mark.parametrize("native", [None, 8, 96, 516, 1024, 4096])
def test_tools_take_them(pipeline: str, native: int | None) -> None:
    found = defaults.of(facts(pipeline=pipeline, native=native))
    GenerateInputs.model_validate({"prompt": "a cat", **found})
    own = {name: value for name, value in found.items() if name in EditInputs.model_fields}
    EditInputs.model_validate({"prompt": "a cat", "image": "x", **own})


@pytest.mark.parametrize("pipeline", sorted(defaults.BY_PIPELINE))
def test_they_are_those_of_diffusers(pipeline: str) -> None:
    import diffusers

    takes = inspect.signature(getattr(diffusers, pipeline).__call__).parameters
    said = defaults.BY_PIPELINE[pipeline]
    guidance = "true_cfg_scale" if (PIPELINES | EDITORS)[pipeline] == "true" else "guidance_scale"
    assert said["guidance"] == takes[guidance].default
    assert said.get("steps", 50) == takes["num_inference_steps"].default

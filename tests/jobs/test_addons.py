"""Add-ons that inputs name: found, refused where they do not fit, paid for in memory, handed to the child."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from generators.fields import addon_names, addon_tasks, works_on
from generators.image.control import ControlKind
from generators.image.generate import GenerateInputs
from studio.catalog.models import ModelCard, ModelState
from studio.jobs import addons
from studio.jobs.models import Job
from studio.problems import InvalidInputs, ModelUnavailable
from studio.teams.models import Team, User
from studio.teams.rights import Actor


@pytest.fixture
def card(db: None) -> Callable[..., ModelCard]:
    """card("name", task, base, …): an installed model."""

    def make(name: str, task: str, base: str, **more: Any) -> ModelCard:
        values: dict[str, Any] = {
            "title": name.title(),
            "task": task,
            "format": "diffusers",
            "state": ModelState.INSTALLED,
            "digest": f"sha256:{name}",
            "path": f"/nowhere/{name}",
            "memory_bytes": 10**6,
            "meta": {"base": base},
        }
        return ModelCard.objects.create(name=name, **(values | more))

    return make


@pytest.fixture
def drawing(submit: Callable[..., Job], card: Callable[..., ModelCard]) -> Callable[..., Job]:
    """drawing(loras=[…], …): a job of image.generate on an SDXL."""
    card("xl", "text-to-image", "sdxl", rank=99)
    return lambda **inputs: submit(
        "image.generate", **{"prompt": "a cat", "width": 64, "height": 64} | inputs
    )


def test_it_works(drawing: Callable[..., Job], card: Callable[..., ModelCard]) -> None:
    plain = drawing()
    card("wool", "lora", "sdxl")
    ink = card("ink", "lora", "", title="Ink")
    job = drawing(loras=[{"model": "wool", "weight": 0.7}, {"model": str(ink.pk)}])
    assert job.inputs["loras"] == [{"model": "wool", "weight": 0.7}, {"model": "ink", "weight": 1.0}]
    assert job.memory_bytes == plain.memory_bytes + 2 * 10**6
    places = addons.places(GenerateInputs.model_validate(job.inputs), job.team_id)
    assert [(place["name"], place["digest"]) for place in places] == [
        ("wool", "sha256:wool"),
        ("ink", "sha256:ink"),
    ]


def test_one_of_another_base_is_refused_with_the_reason(
    drawing: Callable[..., Job], card: Callable[..., ModelCard]
) -> None:
    card("old", "lora", "sd1")
    with pytest.raises(InvalidInputs, match="Old was made for Stable Diffusion 1; Xl is SDXL") as refused:
        drawing(loras=[{"model": "old"}])
    assert refused.value.errors[0]["loc"] == ["loras"]


def test_one_that_is_not_there_is_refused_at_its_field(
    drawing: Callable[..., Job], card: Callable[..., ModelCard]
) -> None:
    with pytest.raises(ModelUnavailable, match="no model named “gone”") as refused:
        drawing(loras=[{"model": "gone"}])
    assert refused.value.errors[0]["loc"] == ["loras"]
    with pytest.raises(ModelUnavailable, match="made for something else"):
        drawing(loras=[{"model": "xl"}])
    card("later", "lora", "sdxl", state=ModelState.AVAILABLE)
    with pytest.raises(ModelUnavailable, match="not installed"):
        drawing(loras=[{"model": "later"}])


def test_words_of_the_prompt_put_one_on(drawing: Callable[..., Job], card: Callable[..., ModelCard]) -> None:
    card("wool-felt", "lora", "sdxl", title="Wool felt")
    card("ink", "lora", "sdxl")
    job = drawing(
        prompt="a cat <lora:Wool_Felt:0.8>, <lora:ink>, by <lora:gone:1> a door",
        loras=[{"model": "ink", "weight": 0.2}, {"model": "wool-felt"}],
    )
    assert job.inputs["prompt"] == "a cat , , by <lora:gone:1> a door"
    assert job.inputs["loras"] == [{"model": "wool-felt", "weight": 0.8}, {"model": "ink", "weight": 1.0}]
    assert "lora" not in job.title.partition("by")[0]


@pytest.mark.parametrize(
    ("prompt", "words"),
    [("<lora:ink:1>", "say what to draw"), ("a cat <lora:ink:9>", "less than or equal to 2")],
)
def test_words_that_cannot_be_are_refused_at_the_prompt(
    prompt: str, words: str, drawing: Callable[..., Job], card: Callable[..., ModelCard]
) -> None:
    card("ink", "lora", "sdxl")
    with pytest.raises(InvalidInputs, match=words) as refused:
        drawing(prompt=prompt)
    assert refused.value.errors[0]["loc"] == ["prompt"]


def test_words_for_another_base_are_refused(
    drawing: Callable[..., Job], card: Callable[..., ModelCard]
) -> None:
    card("old", "lora", "sd1")
    with pytest.raises(InvalidInputs, match="Old was made for Stable Diffusion 1"):
        drawing(prompt="a cat <lora:old:0.5>")


def test_another_teams_is_not_there(
    drawing: Callable[..., Job], card: Callable[..., ModelCard], charlie: User
) -> None:
    theirs = Team.objects.create(name="Elsewhere")
    card("secret", "lora", "sdxl", team=theirs)
    with pytest.raises(ModelUnavailable, match="no model named"):
        drawing(loras=[{"model": "secret"}])
    assert drawing(prompt="a cat <lora:secret:1>").inputs["loras"] == []


def test_the_one_that_fits_is_found(card: Callable[..., ModelCard], team: Team, bob: User) -> None:
    xl = card("xl", "text-to-image", "sdxl")
    asked = GenerateInputs(prompt="a cat", control="some picture", control_kind="depth")

    def found() -> Any:
        return addons.settle(asked, xl, Actor.of(bob), team)[0]["control_model"]

    assert found() is None
    card("sd1-depth", "control", "sd1")
    card("of-no-base", "control", "")
    assert found() is None, "of another base, or of one that is not known"
    card("xl-canny", "control", "sdxl")
    assert found() is None, "it follows edges"
    card("xl-any", "control", "sdxl")
    assert found() == "xl-any"
    card("xl-depth", "control", "sdxl")
    assert found() == "xl-depth"
    as_it_is = asked.model_copy(update={"control_kind": "as-it-is"})
    assert addons.settle(as_it_is, xl, Actor.of(bob), team)[0]["control_model"] is not None
    named = asked.model_copy(update={"control_model": "xl-canny"})
    assert addons.settle(named, xl, Actor.of(bob), team)[0]["control_model"] == "xl-canny"
    without = GenerateInputs(prompt="a cat")
    assert addons.settle(without, xl, Actor.of(bob), team) == ({}, 0), "no picture, no add-on"


def test_depths_are_found_for_a_model_of_any_base(
    card: Callable[..., ModelCard], team: Team, bob: User
) -> None:
    xl, pocket = card("xl", "text-to-image", "sdxl"), card("small", "text-to-image", "pocket")

    def found(model: ModelCard, kind: ControlKind) -> Any:
        asked = GenerateInputs(prompt="a cat", control="some picture", control_kind=kind)
        changes, _memory = addons.settle(asked, model, Actor.of(bob), team)
        return changes.get("depth_model")

    assert found(xl, "depth") is None
    card("near-and-far", "depth-estimation", "")
    assert found(xl, "depth") == "near-and-far"
    assert found(xl, "edges") is None, "nothing to find"
    assert found(pocket, "depth") is None, "it starts from the picture itself"
    asked = GenerateInputs(prompt="a cat", control="x", control_kind="edges", depth_model="near-and-far")
    assert addon_names(asked) == []


def test_one_that_has_gone_since_fails_the_job_in_words(
    drawing: Callable[..., Job], card: Callable[..., ModelCard]
) -> None:
    card("wool", "lora", "sdxl")
    job = drawing(loras=[{"model": "wool"}])
    ModelCard.objects.filter(name="wool").delete()
    with pytest.raises(ModelUnavailable, match="wool that this job was accepted for is no longer installed"):
        addons.places(GenerateInputs.model_validate(job.inputs), job.team_id)


def test_what_the_inputs_say_of_add_ons() -> None:
    assert addon_tasks(GenerateInputs) == ("lora", "control", "depth-estimation", "reference")
    assert not list(works_on(GenerateInputs)), "its pictures only help along"
    asked = GenerateInputs(prompt="a cat", control="x", control_model="canny", reference_model="unused")
    assert addon_names(asked) == ["canny"]

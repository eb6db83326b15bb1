"""The training loop: it learns, it tells, and a run that was stopped goes on as if it had not been."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from generators.events import Checkpoint, Event, Metric, Progress
from generators.training import checkpoint, loop
from generators.training.recipe import Recipe


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def run(recipe: Recipe, data: Path, out: Path, *, until: int | None = None) -> list[Event]:
    """Train; `until`: stop as a kill would, between two steps, once this step was told."""
    events: list[Event] = []
    training = loop.train(recipe, loop.build(recipe, data, None), out)
    for event in training:
        events.append(event)
        if until is not None and isinstance(event, Progress) and event.step == until:
            training.close()  # type: ignore[attr-defined]
            break
    return events


def losses(events: list[Event]) -> dict[int, float]:
    return {event.step: event.value for event in events if isinstance(event, Metric) and event.name == "loss"}


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "unet" / "diffusion_pytorch_model.safetensors")


def test_it_works(recipe: Recipe, squares: Path, tmp_path: Path) -> None:
    events = run(recipe, squares, tmp_path)
    told = losses(events)
    assert list(told) == list(range(1, 21))
    assert sum(told[step] for step in range(16, 21)) < 0.9 * sum(told[step] for step in range(1, 6))
    figures = [event for event in events if isinstance(event, Metric) and event.name == "validation_codes"]
    assert [figure.step for figure in figures] == [0, 10, 20]
    assert figures[-1].value < figures[0].value
    assert [event.step for event in events if isinstance(event, Checkpoint)] == [5, 10, 15, 20]
    assert sorted(path.name for path in tmp_path.glob("step-*")) == ["step-00000015", "step-00000020"]


def test_a_stopped_run_goes_on_as_an_unbroken_one(recipe: Recipe, squares: Path, tmp_path: Path) -> None:
    whole = losses(run(recipe, squares, tmp_path / "whole"))
    first = losses(run(recipe, squares, tmp_path / "broken", until=12))
    rest = losses(run(recipe, squares, tmp_path / "broken"))
    assert list(rest) == list(range(11, 21))  # from the checkpoint of step 10
    assert first | rest == whole
    one, other = (weights(tmp_path / name / "published") for name in ("whole", "broken"))
    assert all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.slow
def test_a_longer_run_may_go_on(recipe: Recipe, squares: Path, tmp_path: Path) -> None:
    run(recipe, squares, tmp_path)
    longer = recipe.model_copy(update={"schedule": recipe.schedule.model_copy(update={"steps": 22})})
    assert list(losses(run(longer, squares, tmp_path))) == [21, 22]


def test_another_recipe_may_not(recipe: Recipe, squares: Path, tmp_path: Path) -> None:
    run(recipe, squares, tmp_path, until=6)
    with pytest.raises(checkpoint.OtherRecipe):
        run(recipe.model_copy(update={"seed": 4}), squares, tmp_path)


def test_half_a_checkpoint_is_none(recipe: Recipe, squares: Path, tmp_path: Path) -> None:
    run(recipe, squares, tmp_path, until=6)
    (tmp_path / ".writing-1").mkdir()
    found = checkpoint.latest(tmp_path)
    assert found is not None
    assert found.name == "step-00000005"


def test_what_is_published_can_be_begun_from(recipe: Recipe, squares: Path, tmp_path: Path) -> None:
    run(recipe, squares, tmp_path)
    again = loop.build(recipe, squares, tmp_path / "published")
    known = weights(tmp_path / "published")
    state = again.network.unet.state_dict()
    assert all(torch.equal(state[name], value.float()) for name, value in known.items())
    pixels = torch.rand(1, 3, 16, 16) * 2 - 1
    codes = again.codec.to_codes(pixels)
    assert torch.allclose(again.codec.to_codes(again.codec.to_pixels(codes)), codes, atol=1e-4)


def test_a_run_may_end_by_the_clock(recipe: Recipe, squares: Path, tmp_path: Path) -> None:
    long = recipe.model_copy(
        update={"schedule": recipe.schedule.model_copy(update={"steps": 100_000, "cooldown": 50_000})}
    )
    objective = loop.build(long, squares, None)
    told = losses(list(loop.train(long, objective, tmp_path, seconds=2.0)))
    assert 1 < len(told) < 100_000
    assert (tmp_path / "published" / "unet").is_dir()
    assert checkpoint.latest(tmp_path) is not None

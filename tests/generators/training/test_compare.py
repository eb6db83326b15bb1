"""Runs of equal budget: what differs is what the comparison names, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from generators.architectures.config import ObjectiveConfig, PatchDiffusionConfig
from generators.training import compare, loop
from generators.training.data.cache import Scenes
from generators.training.recipe import Recipe


@pytest.mark.parametrize("path", sorted(compare.COMPARISONS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_variant_is_a_recipe(path: Path) -> None:
    found = compare.load(path).recipes()
    digests = {recipe.digest for recipe in found.values()}
    assert len(digests) == len(found)  # no two are the same
    for recipe in found.values():
        ObjectiveConfig(**recipe.objective)
        PatchDiffusionConfig(**recipe.network)
    assert len({(one.seed, one.schedule.steps, one.schedule.batch) for one in found.values()}) == 1


def _objective(recipe: Recipe, squares: Path, **settings: object) -> object:
    return loop.build(recipe.model_copy(update={"objective": settings}), squares, None)


class _Seen(torch.nn.Module):
    """Answers nothing, and keeps what it was asked."""

    def forward(self, noisy: torch.Tensor, timestep: torch.Tensor, states: torch.Tensor) -> torch.Tensor:
        self.asked = noisy, timestep / 1000, states
        return torch.zeros_like(noisy)


def test_variants_see_the_same_scenes_and_noise(recipe: Recipe, squares: Path) -> None:
    seen = []
    for settings in ({}, {"times": "uniform"}, {"weight": "even"}):
        network, rng = _Seen(), torch.Generator().manual_seed(7)
        objective = _objective(recipe, squares, **settings)
        for _ in range(3):
            objective.loss(network, 8, rng)  # type: ignore[attr-defined]
        seen.append((network.asked, rng.get_state()))
    assert all(torch.equal(states, seen[0][0][2]) for (_, _, states), _ in seen)
    assert all(torch.equal(state, seen[0][1]) for _, state in seen)
    (noisy, t, _), (other, u, _) = seen[0][0], seen[1][0]
    assert not torch.equal(t, u)
    assert torch.equal(t.argsort(), u.argsort())  # the same chance, spread otherwise
    assert torch.equal(noisy, seen[2][0][0])
    assert noisy.shape == other.shape


def test_weights_are_what_they_are_called(recipe: Recipe, squares: Path) -> None:
    t = torch.tensor([0.1, 0.5, 0.9])

    def weights(**settings: object) -> list[float]:
        return _objective(recipe, squares, **settings)._weights(t).tolist()  # type: ignore[attr-defined, no-any-return]

    assert weights(weight="even") == [1, 1, 1]
    assert weights(weight="min-snr") == pytest.approx([5, 1, 1 / 81])
    assert weights(weight_floor=0.03) == pytest.approx([25, 1 / 0.28, 1 / 0.84])


def test_a_mix_is_the_only_thing_that_changes_with_it() -> None:
    found = compare.load("pocket-image").recipes()
    base, other = (found[name].model_dump() for name in ("as-it-is", "one-thing-only"))
    assert other["data"].pop("mix") == base["data"].pop("mix") | {"two": 0.0, "several": 0.0}
    assert base == other


def test_other_scenes_are_coded_alike(recipe: Recipe, squares: Path) -> None:
    """Errors compare only where codes mean the same."""
    scenes = Scenes.open(squares / "validation")
    plain, own, alike = (
        loop.build(recipe, squares, None, **more).codec.basis
        for more in ({}, {"train": scenes}, {"train": scenes, "coded": Scenes.open(squares / "train")})
    )
    assert torch.equal(plain, alike)
    assert not torch.equal(plain, own)


def test_even_times_are_even(recipe: Recipe, squares: Path) -> None:
    objective = _objective(recipe, squares, times="uniform")
    drawn = objective._times(torch.randn(4000, generator=torch.Generator().manual_seed(0)))  # type: ignore[attr-defined]
    assert torch.histc(drawn, 4, 0, 1).div(1000).sub(1).abs().max() < 0.1


def test_a_row_for_every_variant() -> None:
    row = dict.fromkeys(compare.COLUMNS, 0.25)
    lines = compare.table({"as-it-is": row, "other": row}).splitlines()
    assert len(lines) == 4
    assert lines[2].startswith("| as it is | 0.2500 | 0.25000 | 0.2500 | 25.0 %")


def test_the_middle_is_asked_what_is_seen(recipe: Recipe, squares: Path, tmp_path: Path) -> None:
    """The alignment is learnt, reaches the denoiser, and is not published."""
    plain = _objective(recipe, squares)
    aligned = _objective(recipe, squares, align=0.5)
    network = aligned.network  # type: ignore[attr-defined]
    draw = [one.loss(one.network, 4, torch.Generator().manual_seed(1)) for one in (plain, aligned)]  # type: ignore[attr-defined]
    assert 0 < (draw[1] - draw[0]).item() < 1, "from 0 to 0.5 · 2"
    (draw[1] - draw[0].detach()).backward()
    assert network.head.net[0].weight.grad.abs().sum() > 0
    assert network.unet.mid_block.resnets[0].conv1.weight.grad.abs().sum() > 0
    aligned.publish(network, tmp_path)  # type: ignore[attr-defined]
    assert not (tmp_path / "head").exists()
    assert all(p.grad is None for p in aligned.aligned.eyes.parameters())  # type: ignore[attr-defined]

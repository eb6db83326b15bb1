"""The mean of two published models: half-way in every weight, and a reader that is new says half as much."""

from __future__ import annotations

from pathlib import Path

import torch

from generators.architectures import diffusion
from generators.training import average, loop
from generators.training.recipe import Recipe


def test_it_works(recipe: Recipe, squares: Path, tmp_path: Path) -> None:
    first = loop.build(recipe, squares, None)
    first.publish(first.network, tmp_path / "one")
    longer = recipe.model_copy(update={"network": {**recipe.network, "reader": 1}, "seed": 4})
    second = loop.build(longer, squares, None)
    with torch.no_grad():
        second.network.reader.out.bias.fill_(0.5)
    second.publish(second.network, tmp_path / "other")
    average.average(tmp_path / "one", tmp_path / "other", tmp_path / "mean", 0.5)
    one, other, mean = (diffusion.load_unet(tmp_path / name) for name in ("one", "other", "mean"))
    for a, b, between in zip(one.parameters(), other.parameters(), mean.parameters(), strict=True):
        assert torch.allclose(between, (a + b) / 2, atol=2e-3)
    reader = diffusion.load_reader(tmp_path / "mean")
    assert reader is not None
    assert torch.allclose(reader.out.bias, torch.tensor(0.25))
    for told in (tmp_path / "mean").rglob("*.json"):
        assert str(tmp_path) not in told.read_text(encoding="utf-8"), "where it was made is nobody's business"

"""The matting net: it learns from drawings whose alpha is known, and the one that comes with the studio finds things."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from generators.architectures import matting
from generators.lab.weights import bytes_of, digest_of
from generators.metrics import matte
from generators.training.data.mattes import Mattes
from generators.training.data.sprites import Sprite

WEIGHTS = Path(__file__).resolve().parents[3] / "generators" / "weights" / "pocket-matting"


@pytest.fixture(scope="module")
def mattes() -> Mattes:
    """Nine discs of different colours, one of them held out."""
    rows, columns = np.mgrid[:128, :128] - 63.5
    pictures = np.zeros((9, 128, 128, 4), np.uint8)
    for place in range(9):
        pictures[place, rows**2 + columns**2 < 50**2] = (25 * place, 250 - 25 * place, 90, 255)
    return Mattes([Sprite(f"disc-{place}", (f"disc {place}",), "flat") for place in range(9)], pictures, 64)


def test_scenes_have_the_alpha_of_their_things(mattes: Mattes) -> None:
    pictures, alphas = mattes.batch(range(40))
    again, _ = mattes.batch(range(40))
    assert pictures.shape == (40, 64, 64, 3)
    assert alphas.shape == (40, 64, 64)
    assert np.array_equal(pictures, again)
    shares = (alphas > 127).mean((1, 2))
    assert (shares > 0.02).all()
    assert (shares < 0.95).all()
    held, _ = mattes.batch(range(40), held_out=True)
    assert not np.array_equal(pictures, held)


def test_it_learns(mattes: Mattes) -> None:
    torch.manual_seed(0)
    objective = matting.MattingObjective(matting.Matting((8, 8, 8, 8)), mattes)
    before = objective.validate(objective.network)["validation_error"]
    optimiser = torch.optim.AdamW(objective.network.parameters(), lr=1e-2)
    rng = torch.Generator().manual_seed(0)
    for _ in range(25):
        loss = objective.loss(objective.network, 8, rng)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    assert objective.validate(objective.network)["validation_error"] < 0.75 * before


def thing(
    width: int, height: int
) -> tuple[np.ndarray[tuple[int, int, int], np.dtype[np.uint8]], Image.Image]:
    """A red mushroom on a green ground with grain, and its true alpha."""
    chance = np.random.default_rng(0)
    ground = (np.array([90, 150, 80]) + chance.normal(0, 8, (height, width, 3))).clip(0, 255).astype(np.uint8)
    picture, alpha = Image.fromarray(ground), Image.new("L", (width, height))
    for pen, cap, stem in (
        (ImageDraw.Draw(picture), (210, 40, 40), (240, 225, 200)),
        (ImageDraw.Draw(alpha), 255, 255),
    ):
        pen.rectangle((width * 0.43, height * 0.5, width * 0.57, height * 0.85), fill=stem)
        pen.pieslice((width * 0.2, height * 0.15, width * 0.8, height * 0.85), 180, 360, fill=cap)
    return np.asarray(picture), alpha


@pytest.mark.parametrize("size", [(128, 128), (300, 200)])
def test_the_built_in_net_finds_the_thing(size: tuple[int, int]) -> None:
    picture, alpha = thing(*size)
    made = matting.alpha_of(matting.load(WEIGHTS), picture)
    assert made.shape == (size[1], size[0])
    assert matte.overlap(made, np.asarray(alpha)) > 0.9


def test_the_card_names_these_weights() -> None:
    card = tomllib.loads((WEIGHTS / "card.toml").read_text(encoding="utf-8"))
    assert card["digest"] == digest_of(WEIGHTS)
    assert card["bytes"] == bytes_of(WEIGHTS) < 4_000_000

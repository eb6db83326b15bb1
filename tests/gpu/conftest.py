"""What the tests on an NVIDIA GPU stand on: the tools as a child calls them, with its device, and a card that is full.

`python -m pytest tests/gpu` runs them wherever torch sees a GPU; elsewhere each says that there is none. They need
torch, diffusers, transformers, accelerate and pydantic, no Django: see pytest.ini beside this file.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generators.context import AssetFile, Context, ModelFiles
from tests.generators.image.conftest import KeepingShelf, asset_of, tiny
from tests.generators.image.pictures import Pixels, pixels

__all__ = ["tiny"]  # a fixture, ours as well

DEVICE = "cuda:0"  # what a worker says on a machine with a GPU
Make = Callable[..., Context]


@pytest.fixture(scope="session", autouse=True)
def _card() -> None:
    import torch

    if not torch.cuda.is_available():
        pytest.skip("no NVIDIA GPU here")


@pytest.fixture(scope="session")
def shelf() -> KeepingShelf:
    """Keeps what was loaded for the whole run."""
    return KeepingShelf()


@pytest.fixture
def context(tmp_path: Path, shelf: KeepingShelf) -> Make:
    """context(model, seed=…, assets=…, addons=…, device=…): as a child on this card gets it."""

    def make(
        model: ModelFiles | None,
        *,
        seed: int = 7,
        assets: dict[str, AssetFile] | None = None,
        addons: dict[str, ModelFiles] | None = None,
        device: str = DEVICE,
    ) -> Context:
        if model is not None:  # one shelf for all devices and ways to lie on one
            model = replace(model, digest=f"{model.digest}@{device}")
        return Context(
            seed=seed,
            scratch=tmp_path,
            device=device,
            threads=4,
            model_files=model,
            addons=addons or {},
            assets=assets or {},
            shelf=shelf,
        )

    return make


@pytest.fixture
def draw(context: Make) -> Callable[..., Pixels]:
    """draw(model, prompt=…, …): the pixels that image.generate makes on the card. of: a context to draw with."""

    def run(model: ModelFiles, *, of: Context | None = None, seed: int = 7, **inputs: Any) -> Pixels:
        from generators.image.generate import GenerateInputs, generate

        asked = GenerateInputs(**({"steps": 3, "width": 64, "height": 64} | inputs))
        return pixels(asset_of(generate.run(of or context(model, seed=seed), asked)).path)

    return run


@pytest.fixture
def crowded() -> Callable[[int], AbstractContextManager[None]]:
    """`with crowded(bytes):` the card has only so many bytes free, as if another program held the rest."""

    @contextmanager
    def hold(left: int) -> Iterator[None]:
        import torch

        torch.cuda.empty_cache()
        free, _ = torch.cuda.mem_get_info(DEVICE)
        block = torch.empty(max(0, free - left), dtype=torch.uint8, device=DEVICE)
        try:
            yield
        finally:
            del block
            torch.cuda.empty_cache()

    return hold


def spread(picture: Pixels) -> float:
    """How much is in a picture: 0 for one colour, as numbers that are not finite make it."""
    return float(picture.astype(int).std())


def apart(one: Pixels, other: Pixels) -> float:
    """Mean distance of two pictures, in levels of 0 to 255."""
    import numpy as np

    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def say(words: str) -> None:
    """A figure for whoever reads the run; `-s` shows it."""
    sys.stdout.write(f"\n  {words}")

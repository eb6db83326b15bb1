"""Scenes on disk, ready for training: pictures at the training size, captions, and their token states.

A data folder holds pictures.npy (n, size, size, 3) uint8, states.npy (n, 20, 384) float16, scenes.json (captions and
what is in them) and empty.npy (20, 384), the states of the empty caption.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from generators.training.data.scenes import Composer, Mix
from generators.training.data.sprites import SIZE, load

CHUNK = 128  # captions encoded at a time


@dataclass(frozen=True)
class Scenes:
    """A data folder, opened: arrays stay on disk and are read as batches ask for them."""

    pictures: NDArray[np.uint8]
    states: NDArray[np.float16]
    empty: Tensor
    rows: list[dict[str, Any]]

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, picks: Tensor) -> tuple[Tensor, Tensor]:
        """(pictures, token states) of these rows, as they are kept."""
        places = picks.cpu().numpy()
        return torch.from_numpy(self.pictures[places]), torch.from_numpy(self.states[places])

    @cached_property
    def easy(self) -> Tensor:
        """Rows with one thing on white."""
        return torch.tensor([place for place, row in enumerate(self.rows) if is_easy(row)])

    @staticmethod
    def open(folder: Path) -> Scenes:
        """Raises FileNotFoundError where `make` has not finished: scenes.json is written last."""
        rows = json.loads((folder / "scenes.json").read_text(encoding="utf-8"))
        return Scenes(
            np.load(folder / "pictures.npy", mmap_mode="r"),
            np.load(folder / "states.npy", mmap_mode="r"),
            torch.from_numpy(np.load(folder / "empty.npy")),
            rows,
        )


def is_easy(row: Mapping[str, Any]) -> bool:
    """Whether one thing on white is all that the scene shows."""
    return row["count"] == 1 and row["ground"] is None


def small(picture: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """A scene's picture at the training size."""
    step = SIZE // size
    mean = picture.reshape(size, step, size, step, 3).mean((1, 3), dtype=np.float32)
    pixels: NDArray[np.uint8] = mean.round().astype(np.uint8)
    return pixels


def make(
    sprites: Path,
    out: Path,
    *,
    count: int,
    seed: int,
    mix: Mix | None = None,
    size: int = 64,
    workers: int = 1,
) -> None:
    """Compose `count` scenes from the sprites' folder, in `workers` processes of one thread. The same arguments write
    the same files, however many work on them.

    About 6 ms a scene on one thread: 4 for the picture, 2 to 3 for the caption.
    """
    from generators.architectures.sentence import encode, load_encoder

    encoder, tokenizer = load_encoder()
    out.mkdir(parents=True, exist_ok=True)
    empty = encode(encoder, tokenizer, [""])[0]
    np.save(out / "empty.npy", empty.numpy().astype(np.float16))
    shape = (count, *empty.shape)
    np.lib.format.open_memmap(out / "pictures.npy", "w+", np.uint8, (count, size, size, 3)).flush()
    np.lib.format.open_memmap(out / "states.npy", "w+", np.float16, shape).flush()
    share = (
        -(-count // (CHUNK * workers)) * CHUNK
    )  # whole chunks: captions encoded together do not depend on workers
    parts = [range(start, min(start + share, count)) for start in range(0, count, share)]
    part = partial(_part, sprites, out, seed, mix, size)
    if workers == 1:
        done = [part(some) for some in parts]
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            done = list(pool.map(part, parts))
    rows = [row for some in done for row in some]
    (out / "scenes.json").write_text(json.dumps(rows), encoding="utf-8")


def _part(
    sprites: Path, out: Path, seed: int, mix: Mix | None, size: int, which: range
) -> list[dict[str, Any]]:
    """Write the pictures and states of these scenes into the arrays of `out`; returns what is in them."""
    from generators.architectures.precision import in_bf16
    from generators.architectures.sentence import encode, load_encoder

    if multiprocessing.parent_process() is not None:
        torch.set_num_threads(1)
    drawings, images = load(sprites)
    composer = Composer(drawings, np.asarray(images), mix)
    encoder, tokenizer = load_encoder()
    pictures = np.load(out / "pictures.npy", mmap_mode="r+")
    states = np.load(out / "states.npy", mmap_mode="r+")
    rows: list[dict[str, Any]] = []
    for start in range(which.start, which.stop, CHUNK):
        scenes = [
            composer.scene(seed * 2**24 + index) for index in range(start, min(start + CHUNK, which.stop))
        ]
        for offset, scene in enumerate(scenes):
            pictures[start + offset] = small(scene.picture, size)
            rows.append(
                {
                    "caption": scene.caption,
                    "concepts": scene.concepts,
                    "count": scene.count,
                    "colour": scene.colour,
                    "ground": scene.ground,
                    "stacked": scene.stacked,
                    "style": scene.style,
                }
            )
        with in_bf16("cpu"):
            encoded = encode(encoder, tokenizer, [scene.caption for scene in scenes])
        states[start : start + len(scenes)] = encoded.numpy().astype(np.float16)
    pictures.flush()
    states.flush()
    return rows

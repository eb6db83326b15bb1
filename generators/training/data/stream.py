"""Scenes that processes compose while a model is trained on them: for a GPU, which reads faster than a disk is filled.

All of them stay in the device's memory (27 KB each). Scene n is drawn from its seed alone and lies in row n, so what a
row holds does not depend on who was faster; only how many are there at a time does.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from generators.architectures.precision import in_bf16
from generators.architectures.sentence import TOKENS, load_encoder
from generators.training.data.cache import CHUNK, is_easy, small
from generators.training.data.scenes import Composer, Mix
from generators.training.data.sprites import load
from generators.training.recipe import Recipe

WAITING = 64  # chunks that may wait to be read: 100 MB


class Stream:
    """The interface of `cache.Scenes`, filled up to `room` scenes by `workers` processes. A context: they end with it."""

    def __init__(
        self,
        sprites: Path,
        *,
        room: int,
        seed: int,
        mix: Mix | None = None,
        size: int = 64,
        workers: int = 1,
        device: torch.device | str = "cpu",
    ) -> None:
        self.device, self.room = torch.device(device), room
        encoder, tokenizer = load_encoder()
        self._encoder = encoder.to(self.device)
        tokens = tokenizer([""], padding="max_length", max_length=TOKENS, return_tensors="pt")
        self.empty = self._states(tokens.input_ids, tokens.attention_mask)[0]
        self._pictures = torch.empty((room, size, size, 3), dtype=torch.uint8, device=self.device)
        self._kept = torch.empty((room, *self.empty.shape), dtype=torch.float16, device=self.device)
        self._easy: list[int] = []
        self._easy_rows = torch.empty(0, dtype=torch.long, device=self.device)
        self._count = 0
        self._over = threading.Event()
        self._problem: BaseException | None = None
        context = get_context("spawn")
        self._queue = context.Queue(WAITING)
        chunks = -(-room // CHUNK)
        self._workers = [
            context.Process(
                target=_compose,
                args=(self._queue, sprites, seed, mix, size, range(first, chunks, workers)),
                daemon=True,
            )
            for first in range(workers)
        ]
        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Stream:
        for worker in self._workers:
            worker.start()
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for worker in self._workers:
            worker.terminate()
        for worker in self._workers:
            worker.join()
        self._reader.join()

    def __len__(self) -> int:
        return self._count

    @property
    def easy(self) -> Tensor:
        """Rows with one thing on white."""
        if len(self._easy) > 1.1 * len(self._easy_rows):  # not for every few more
            self._easy_rows = torch.tensor(self._easy, device=self.device)
        return self._easy_rows

    def take(self, picks: Tensor) -> tuple[Tensor, Tensor]:
        """(pictures, token states) of these rows, as they are kept."""
        places = picks.to(self.device)
        return self._pictures[places], self._kept[places]

    def wait(self, count: int) -> None:
        """Until so many are there, or all. Raises RuntimeError where a process ended before its time."""
        while self._count < min(count, self.room):
            if self._problem is not None:
                raise RuntimeError("scenes cannot be composed any more") from self._problem
            if any(worker.exitcode for worker in self._workers):
                raise RuntimeError("a process that composes scenes has died")
            time.sleep(0.05)

    def _read(self) -> None:
        """Chunks come as their workers are done with them; rows count only when all before them are there."""
        import queue

        early: dict[int, tuple[Any, ...]] = {}
        number = 0
        try:
            while self._count < self.room and not self._over.is_set():
                try:
                    come, *parts = self._queue.get(timeout=0.2)
                except queue.Empty:
                    continue
                early[come] = tuple(parts)
                while number in early:
                    self._put(number * CHUNK, *early.pop(number))
                    number += 1
        except BaseException as problem:
            self._problem = problem

    def _put(self, start: int, pictures: Any, ids: Any, mask: Any, easy: list[int]) -> None:
        pixels = torch.from_numpy(pictures[: self.room - start])
        end = start + len(pixels)
        states = self._states(torch.from_numpy(ids), torch.from_numpy(mask))
        self._pictures[start:end] = pixels.to(self.device)
        self._kept[start:end] = states[: len(pixels)]
        self._easy += [start + place for place in easy if start + place < end]
        self._count = end

    @torch.no_grad()
    def _states(self, ids: Tensor, mask: Tensor) -> Tensor:
        with in_bf16(self.device):
            states = self._encoder.plain(ids.to(self.device), mask.to(self.device))
        return states.to(torch.float16)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What a command that trains on a stream is told."""
    parser.add_argument(
        "--live",
        type=int,
        default=0,
        help="compose so many scenes while training, in the place of the folder's",
    )
    parser.add_argument("--workers", type=int, default=1, help="processes that compose scenes")


@contextmanager
def opened(recipe: Recipe, args: argparse.Namespace) -> Iterator[Stream | None]:
    """The stream that the arguments ask for, of the recipe's mix, or None."""
    if not args.live:
        yield None
        return
    if "mix" not in recipe.data:
        raise ValueError(
            f"The recipe {recipe.name} has no mix of scenes that could be composed: leave --live out."
        )
    mix, size = Mix(**recipe.data["mix"]), recipe.network.get("image_size", 64)
    with Stream(
        args.data / "sprites",
        room=args.live,
        seed=recipe.seed,
        mix=mix,
        size=size,
        workers=args.workers,
        device=args.device,
    ) as scenes:
        yield scenes


def _compose(queue: Any, sprites: Path, seed: int, mix: Mix | None, size: int, chunks: range) -> None:
    """Put (number, pictures, token ids, mask, easy places) of these chunks."""
    torch.set_num_threads(1)
    drawings, images = load(sprites)
    composer = Composer(drawings, np.asarray(images), mix)
    _, tokenizer = load_encoder()
    for number in chunks:
        first = seed * 2**24 + number * CHUNK
        scenes = [composer.scene(one) for one in range(first, first + CHUNK)]
        tokens = tokenizer(
            [scene.caption for scene in scenes],
            padding="max_length",
            truncation=True,
            max_length=TOKENS,
            return_tensors="np",
        )
        easy = [
            place
            for place, scene in enumerate(scenes)
            if is_easy({"count": scene.count, "ground": scene.ground})
        ]
        pictures = np.stack([small(scene.picture, size) for scene in scenes])
        queue.put((number, pictures, tokens["input_ids"], tokens["attention_mask"], easy))

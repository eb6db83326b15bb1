"""`python -m workers.meaning.child <file>`: computes what texts mean and compares it. No database, Redis or secret.

Orders come on standard input, answers go out on what was standard output. Questions go first, on the main thread; the
vectors of new assets are computed on another, which steps back behind everything else that the machine does.
"""

from __future__ import annotations

import base64
import os
import queue
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import numpy as np

from generators.architectures.meaning import SIZE, Meaning
from workers.meaning.messages import Add, Answer, Ask, Clear, Embed, Order, orders
from workers.meaning.shelf import Bytes, Shelf, packed

AT_ONCE = 4  # texts between two looks whether somebody asks
NICE = 15


class Child:
    def __init__(self, source: TextIO, sink: TextIO, file: Path) -> None:
        self._source, self._sink = source, sink
        self._writing = threading.Lock()
        self._prompt: queue.Queue[Order] = queue.Queue()
        self._leisure: queue.Queue[Embed] = queue.Queue()
        self._nobody_asks = threading.Event()
        self._nobody_asks.set()
        self._meaning = Meaning()
        self._shelf = Shelf(file)

    def serve(self) -> None:
        for run in (self._read, self._embed):
            threading.Thread(target=run, name=run.__name__.strip("_"), daemon=True).start()
        self._say(Answer())  # it can take orders
        while True:
            order = self._prompt.get()
            try:
                self._say(self._answer(order))
            except Exception as error:
                self._say(Answer(n=order.n, error=f"{type(error).__name__}: {error}"))
            if self._prompt.empty():
                self._nobody_asks.set()

    def _say(self, answer: Answer) -> None:
        with self._writing:
            try:
                self._sink.write(answer.model_dump_json() + "\n")
                self._sink.flush()
            except BrokenPipeError:
                os._exit(0)

    def _read(self) -> None:
        for line in self._source:
            order = orders.validate_json(line)
            if isinstance(order, Embed):
                self._leisure.put(order)
            else:
                self._nobody_asks.clear()
                self._prompt.put(order)
        os._exit(0)  # the keeper is gone

    def _answer(self, order: Order) -> Answer:
        shelf = self._shelf
        match order:
            case Add():
                vectors = np.stack([unpacked(row.vector) for row in order.rows])
                keys, teams = [row.key for row in order.rows], [row.team for row in order.rows]
                shelf.add(keys, teams, [row.medium for row in order.rows], vectors, new=order.new)
            case Clear():
                shelf.clear()
            case Ask():
                vector = unpacked(order.vector) if order.vector else self._vectors([order.text])[0]
                found = (
                    shelf.nearest(vector, order.teams, order.medium, order.among, order.most)
                    if order.most
                    else []
                )
                return Answer(n=order.n, vectors=[as_text(vector)], found=found, held=shelf.held)
        return Answer(n=order.n, held=shelf.held)

    def _vectors(self, texts: list[str]) -> Bytes:
        return packed(self._meaning.vectors(texts))

    def _embed(self) -> None:
        """Forever: vectors of new assets, a few at a time."""
        with suppress(OSError, AttributeError):  # a thread has a niceness of its own on Linux alone
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        while True:
            order = self._leisure.get()
            try:
                made: list[str] = []
                for start in range(0, len(order.texts), AT_ONCE):
                    self._nobody_asks.wait()
                    made += [as_text(one) for one in self._vectors(order.texts[start : start + AT_ONCE])]
                self._say(Answer(n=order.n, vectors=made))
            except Exception as error:
                self._say(Answer(n=order.n, error=f"{type(error).__name__}: {error}"))


def as_text(vector: Bytes) -> str:
    return base64.b64encode(vector.tobytes()).decode()


def unpacked(text: str) -> Bytes:
    """The vector of a message. ValueError where it has another length."""
    vector = np.frombuffer(base64.b64decode(text), np.int8)
    if len(vector) != SIZE:
        raise ValueError(f"a vector has {SIZE} numbers, not {len(vector)}")
    return vector


def main() -> None:
    words_out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    Child(sys.stdin, words_out, Path(sys.argv[1])).serve()


if __name__ == "__main__":
    main()

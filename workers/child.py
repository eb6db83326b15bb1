"""The generation process: torch and llama.cpp live here, never a database, Redis or secret.

`python -m workers.child`: orders come on standard input, words go out on what was standard output (a library that
prints goes to standard error instead). When the pipe closes, the process ends, so nothing is orphaned.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn, TextIO

from generators import events
from generators.context import AssetFile, Context, ModelFiles
from generators.registry import get as get_tool
from workers.intact import Intact
from workers.messages import (
    Ended,
    Evict,
    Loaded,
    Made,
    MadeModel,
    MadePart,
    Measured,
    ModelPlace,
    Order,
    Progressed,
    ReadThrough,
    Ready,
    Run,
    RunTogether,
    Saved,
    Stop,
    Word,
    Wrote,
    orders,
)

PREVIEW_EVERY_S = 0.2
PREVIEW_SIDE = 512  # pixels, long side


class Keeper:
    """The shelf of this child: loaded models by key, let go of on orders."""

    def __init__(self, say: Callable[[Word], None]) -> None:
        self._kept: OrderedDict[str, Any] = OrderedDict()
        self._say = say

    def get(self, key: str, load: Callable[[], Any]) -> Any:
        if key not in self._kept:
            began = time.monotonic()
            self._kept[key] = load()
            self._say(Loaded(key=key, seconds=time.monotonic() - began))
        self._kept.move_to_end(key)
        return self._kept[key]

    def evict(self, keys: list[str]) -> None:
        gone = [self._kept.pop(key, None) for key in keys]
        if any(item is not None for item in gone):
            del gone
            import gc

            gc.collect()
            torch = sys.modules.get("torch")
            if torch is not None and torch.cuda.is_available():
                torch.cuda.empty_cache()


def _end_with_all() -> NoReturn:
    """The slot is gone: no one would hear the rest. What the tool has started goes with us."""
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(0)


class Child:
    """Takes one order after the other on the main thread; a reader thread hears Stop meanwhile."""

    def __init__(self, source: TextIO, sink: TextIO) -> None:
        self._source, self._sink = source, sink
        self._writing = threading.Lock()
        self._orders: queue.Queue[Order] = queue.Queue()
        self._stop = threading.Event()
        self._shelf = Keeper(self.say)
        self._intact = Intact()
        self._preview_at: dict[int, float] = {}  # by member

    def say(self, word: Word) -> None:
        with self._writing:
            try:
                self._sink.write(word.model_dump_json() + "\n")
                self._sink.flush()
            except BrokenPipeError:
                _end_with_all()  # else this thread would end the process before the reader has seen it

    def _read(self) -> None:
        for line in self._source:
            order = orders.validate_json(line)
            if isinstance(order, Stop):
                self._stop.set()
            else:
                self._orders.put(order)
        _end_with_all()

    def serve(self) -> None:
        threading.Thread(target=self._read, name="orders", daemon=True).start()
        self.say(Ready(pid=os.getpid()))
        while True:
            order = self._orders.get()
            if isinstance(order, Run | RunTogether):
                self._stop.clear()
                self.say(self._run(order))
            elif isinstance(order, Evict):
                self._shelf.evict(order.keys)

    def _run(self, order: Run | RunTogether) -> Ended:
        """Run the tool to its end; what it raises becomes words."""
        began = time.process_time()
        runs = [order] if isinstance(order, Run) else order.runs
        os.environ["OMP_NUM_THREADS"] = str(runs[0].threads)
        try:
            self._shelf.evict(runs[0].evict)
            self._see_weights(runs[0])
            how = self._drain(self._stream(runs, alone=isinstance(order, Run)), runs)
            return Ended(how="done" if how else "stopped", cpu_s=time.process_time() - began)
        except events.ToolError as error:
            return Ended(how="failed", kind=error.kind, message=str(error), retryable=error.retryable)
        except MemoryError:
            message = "There was not enough memory on the node for these inputs."
            return Ended(how="failed", kind="memory", message=message, retryable=True)
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            if type(error).__name__ == "OutOfMemoryError":
                message = "There was not enough memory on the device for these inputs."
                return Ended(how="failed", kind="memory", message=message, retryable=True)
            message = f"The tool failed: {type(error).__name__}: {error}"
            return Ended(how="failed", kind="tool-error", message=message[:2000], retryable=True)

    def _stream(self, runs: list[Run], *, alone: bool) -> Iterator[tuple[int, events.Event]]:
        """What the tool yields, with the place of the run that it is of."""
        tool = get_tool(runs[0].tool)
        contexts = [self._context(run) for run in runs]
        inputs = [tool.inputs.model_validate(run.inputs) for run in runs]
        if alone or tool.together is None:
            stream = tool.run(contexts[0], inputs[0])
            try:
                for event in stream:
                    yield 0, event
            finally:
                close = getattr(stream, "close", None)
                if close is not None:
                    close()
        else:
            yield from tool.together.run(contexts, inputs)

    def _see_weights(self, order: Run) -> None:
        """Damaged weights give wrong pictures and texts, which nobody could tell from poor ones: refused before the run."""
        models = [order.model, *order.addons] if order.model else order.addons
        if seconds := sum(self._intact.check(model) for model in models):
            self.say(ReadThrough(seconds=seconds))

    def _context(self, order: Run) -> Context:
        model = order.model
        return Context(
            seed=order.seed,
            scratch=Path(order.scratch),
            device=order.device,
            threads=order.threads,
            model_files=_files(model) if model else None,
            addons={addon.name: _files(addon) for addon in order.addons},
            assets={a.id: AssetFile(a.id, Path(a.path), a.medium, a.mime) for a in order.assets},
            stored=frozenset(order.stored),
            shelf=self._shelf,
        )

    def _drain(self, stream: Iterator[tuple[int, events.Event]], runs: list[Run]) -> bool:
        """Pass on what the tool yields; False where it was stopped, which it hears as a closed generator."""
        try:
            for member, event in stream:
                self.say(self._word(event, Path(runs[member].scratch), member))
                if self._stop.is_set():
                    return False
            return True
        finally:
            close = getattr(stream, "close", None)
            if close is not None:
                close()

    def _word(self, event: events.Event, scratch: Path, member: int) -> Word:
        match event:
            case events.Progress():
                preview, mime = self._frame(event, scratch, member)
                return Progressed(
                    member=member,
                    step=event.step,
                    total=event.total,
                    note=event.note,
                    preview=preview,
                    mime=mime,
                )
            case events.Token():
                return Wrote(member=member, text=event.text)
            case events.NewAsset():
                parts = [MadePart(name=p.name, path=str(p.path), mime=p.mime) for p in event.parts]
                return Made(
                    member=member,
                    path=str(event.path),
                    medium=event.medium,
                    mime=event.mime,
                    index=event.index,
                    title=event.title,
                    facts=dict(event.facts),
                    parts=parts,
                )
            case events.Metric():
                return Measured(member=member, name=event.name, value=event.value, step=event.step)
            case events.Checkpoint():
                return Saved(member=member, path=str(event.path), step=event.step)
            case events.NewModel():
                return MadeModel(member=member, path=str(event.path), card=dict(event.card))

    def _frame(self, event: events.Progress, scratch: Path, member: int) -> tuple[str | None, str]:
        """The preview as a small WebP file; at most five a second, the last one always."""
        last = event.step >= event.total
        since = time.monotonic() - self._preview_at.get(member, 0.0)
        if event.preview is None or (since < PREVIEW_EVERY_S and not last):
            return None, ""
        self._preview_at[member] = time.monotonic()
        frame = event.preview
        if max(frame.size) > PREVIEW_SIDE:
            frame = frame.copy()
            frame.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
        path = scratch / f"preview-{time.monotonic_ns()}.webp"
        frame.convert("RGB").save(path, "WEBP", quality=80, method=0)
        return str(path), "image/webp"


def _files(place: ModelPlace) -> ModelFiles:
    path = Path(place.path)
    return ModelFiles(place.name, place.digest, path, place.format, place.task, place.context, place.meta)


def main() -> None:
    words_out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    Child(sys.stdin, words_out).serve()


if __name__ == "__main__":
    main()

"""One attempt: what the child says becomes facts; a beat thread keeps the lease and watches over the child."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import OperationalError, close_old_connections, connection

from studio.catalog import actions as catalog
from studio.feeds.announce import put_preview
from studio.jobs import actions
from studio.jobs.actions.finish import cancel_asked
from studio.jobs.events import Fenced
from studio.jobs.models import Job
from workers import messages
from workers.process import ChildGone, ChildProcess
from workers.slots import Slot

if TYPE_CHECKING:
    from workers.node import ThisNode
    from workers.together import Seat

log = logging.getLogger(__name__)

FLUSH_S = 0.1  # tokens and progress become at most ten events a second
LOOK_S = 0.4  # how often a cancel is looked for
MEMORY_SLACK = 1.5  # a child may hold this many times what its job and models asked for …
MEMORY_BASE = 3 * 2**29  # … and 1.5 GiB, of which torch and diffusers alone take about half


@dataclass(frozen=True)
class Verdict:
    """How a run ended: done, cancelled, failed, stopping (the worker stops, or cannot go on), crashed (the child is gone)."""

    how: str
    kind: str = ""
    message: str = ""
    retryable: bool = False
    energy_wh: float | None = None
    load_s: float = 0.0


class Run:
    """See the module. `go` runs on the slot's thread; the beat thread never stores anything.

    seat: what stands for the child where several jobs run in one go.
    """

    def __init__(
        self,
        node: ThisNode,
        slot: Slot,
        job: Job,
        prepare: Callable[[], messages.Run],
        *,
        stopping: threading.Event,
        persist: Callable[[Callable[[], Any]], Any],
        seat: Seat | None = None,
    ) -> None:
        self.node, self.slot, self.job, self.prepare = node, slot, job, prepare
        self.stopping, self.persist, self.seat = stopping, persist, seat
        self._child: ChildProcess | Seat | None = None
        self.over = threading.Event()
        self.cancelled = False
        self.fenced = False
        self.killed_for: tuple[str, str] | None = (
            None  # (kind, message) where the beat thread killed the child
        )
        self.heard_at = time.monotonic()
        self.began = self.heard_at
        self.first_step: tuple[float, float] | None = None
        self.load_s = 0.0
        self._tokens: list[str] = []
        self._progress: messages.Progressed | None = None
        self._flushed_at = 0.0

    def go(self) -> Verdict:
        """It beats from the first moment: copying inputs and starting a child can outlast a lease."""
        beat = threading.Thread(target=self._beat, name=f"beat-{self.job.pk}", daemon=True)
        beat.start()
        try:
            order = self.persist(self.prepare)
            child = self.seat or self.node.slots.child(self.slot)
            if self.cancelled or self.stopping.is_set():
                return Verdict("cancelled" if self.cancelled else "stopping")
            child.send(order)
            self.heard_at = time.monotonic()
            self._child = child  # from here on the beat thread stops and ends it: a Stop must follow its Run
            if self.fenced:
                raise Fenced
            return self._listen()
        finally:
            self.over.set()
            beat.join(timeout=5)

    @property
    def child(self) -> ChildProcess | Seat:
        assert self._child is not None
        return self._child

    def _listen(self) -> Verdict:
        while True:
            try:
                word = self.child.said.get(timeout=FLUSH_S)
            except queue.Empty:
                self._flush()
                continue
            self.heard_at = time.monotonic()
            if word is None:
                return self._gone()
            if isinstance(word, messages.Ended):
                self._flush(force=True)
                return self._ended(word)
            self._hear(word)

    def _gone(self) -> Verdict:
        """The child ended in mid-run: on our order, or by itself."""
        if self.seat is None:
            self.slot.drop_child()
        if self.fenced:
            raise Fenced
        if self.cancelled:
            return Verdict("cancelled")
        if self.killed_for is not None and self.seat is None:
            return Verdict("failed", *self.killed_for, retryable=True)
        if self.stopping.is_set():
            return Verdict("stopping")
        return Verdict("crashed", message=f"The generation process was {self.child.how_it_ended}.")

    def _ended(self, word: messages.Ended) -> Verdict:
        energy = round(word.cpu_s * self._watts() / 3600, 5)
        if self.fenced:
            raise Fenced
        if word.how == "done":
            return Verdict("done", energy_wh=energy, load_s=self.load_s)
        if word.how == "failed" and self.seat is not None:  # whose fault it is, shows when it runs alone
            return Verdict("crashed", message=word.message)
        if word.how == "failed":
            return Verdict("failed", word.kind, word.message, word.retryable, energy)
        return Verdict("cancelled" if self.cancelled else "stopping", energy_wh=energy)

    @staticmethod
    def _watts() -> float:
        from workers.node import WATTS_PER_CORE

        return WATTS_PER_CORE

    def _hear(self, word: messages.Word) -> None:
        match word:
            case messages.Wrote():
                self._tokens.append(word.text)
                self._flush()
            case messages.Progressed():
                self._show(word)
                self._progress = word
                self._flush(force=word.step >= word.total)
            case messages.Loaded():
                self.load_s += word.seconds
                size = self.job.memory_bytes if word.key == self.job.model_digest else 0
                self.node.slots.note_loaded(self.slot, word.key, size)
            case messages.ReadThrough():
                self.load_s += word.seconds
            case messages.Made():
                self._flush(force=True)
                self._store(word)
            case messages.Measured():
                self._record("metric", {"name": word.name, "value": word.value, "step": word.step})
            case messages.Saved():
                self._record("checkpoint", {"step": word.step})
            case messages.MadeModel():
                self._flush(force=True)
                self.persist(lambda: catalog.on_new_model(self.job, Path(word.path), dict(word.card)))

    def _record(self, kind: str, data: dict[str, Any]) -> None:
        self.persist(lambda: actions.record(self.job, kind, data))

    def _store(self, word: messages.Made) -> None:
        self.persist(
            lambda: actions.store(
                self.job,
                path=Path(word.path),
                medium=word.medium,
                mime=word.mime,
                index=word.index,
                title=word.title,
                facts=word.facts,
                parts=[(part.name, Path(part.path), part.mime) for part in word.parts],
            )
        )

    def _show(self, word: messages.Progressed) -> None:
        """The latest frame goes to Redis, for minutes; it is no event."""
        if word.preview:
            path = Path(word.preview)
            put_preview(str(self.job.pk), self.job.attempt, word.mime, path.read_bytes())
            path.unlink(missing_ok=True)

    def _flush(self, *, force: bool = False) -> None:
        """Write joined tokens and the newest progress, at most ten times a second."""
        if not force and time.monotonic() - self._flushed_at < FLUSH_S:
            return
        if self._tokens:
            text, self._tokens = "".join(self._tokens), []
            self._flushed_at = time.monotonic()
            self._record("token", {"text": text})
        if self._progress is not None:
            word, self._progress = self._progress, None
            self._flushed_at = time.monotonic()
            self._record("progress", self._progress_data(word))

    def _progress_data(self, word: messages.Progressed) -> dict[str, Any]:
        """Share done and time left; the time of loading is not counted into the speed."""
        now = time.monotonic()
        share = min(1.0, word.step / word.total) if word.total > 0 else 0.0
        if self.first_step is None:
            self.first_step = (now, share)
        since, start = self.first_step
        eta = (now - since) * (1 - share) / (share - start) if share > start else self.job.estimate_s
        data: dict[str, Any] = {
            "step": word.step,
            "total": word.total,
            "progress": round(share, 4),
            "eta_s": round(eta, 1) if eta is not None else None,
        }
        return data | ({"note": word.note} if word.note else {})

    def _beat(self) -> None:
        """Renew the lease, carry cancels, watch memory and silence; until the run is over."""
        beat_at = time.monotonic() + settings.BEAT
        stop_sent: float | None = None
        try:
            while not self.over.wait(LOOK_S):
                now = time.monotonic()
                try:
                    if now >= beat_at:
                        beat_at = now + settings.BEAT
                        actions.beat(self.job)
                    asked = cancel_asked(self.job)
                except Fenced:
                    if not self.over.is_set():  # the child may be at the next job by now
                        self.fenced = True
                        self._end_child()
                    return
                except OperationalError as error:
                    log.warning("beat: %s", error)
                    close_old_connections()
                    asked = False
                if self.over.is_set():  # while we waited for the database
                    return
                if asked or self.stopping.is_set():
                    self.cancelled = self.cancelled or asked
                    if stop_sent is None and self._child is not None:
                        stop_sent = now
                        self._send_stop()
                if (
                    stop_sent is not None
                    and now - stop_sent > settings.CANCEL_GRACE - LOOK_S
                    and not self.over.is_set()
                ):
                    self._end_child()
                    return
                if self._child is not None:
                    self._watch(now)
        finally:
            connection.close()

    def _end_child(self) -> None:
        if self._child is not None:
            self._child.kill()

    def _send_stop(self) -> None:
        with contextlib.suppress(ChildGone):  # the listening side hears of it
            self.child.stop_run()

    def _watch(self, now: float) -> None:
        silence = settings.SILENCE if self.first_step else settings.SILENCE_LOADING
        held = max(self.job.memory_bytes, sum(self.slot.loaded.values()))
        allowed = int(held * MEMORY_SLACK) + MEMORY_BASE
        if now - self.heard_at > silence:
            self._kill("silent", f"It gave no sign of life for {silence:.0f} seconds and was stopped.")
        elif self.node.device == "cpu" and self.child.memory() > allowed:
            self._kill("memory", "It took much more memory than these inputs should need and was stopped.")

    def _kill(self, kind: str, message: str) -> None:
        if self.killed_for is None:
            self.killed_for = (kind, message)
            log.warning("job %s: %s", self.job.pk, message)
            self.child.kill()

"""The node's slots: threads that run one job at a time, their children, and the ledger of loaded models."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from studio.jobs.actions.claim import Slot as SlotView
from workers.process import ChildGone, ChildProcess

log = logging.getLogger(__name__)


@dataclass
class Slot:
    """A place where one job runs at a time. `loaded`: bytes by model digest, in its child; `used`: when each was last."""

    name: str
    lane: str
    threads: int
    short_only: bool = False
    busy: bool = False
    job: str | None = None
    child: ChildProcess | None = None
    loaded: dict[str, int] = field(default_factory=dict)
    used: dict[str, float] = field(default_factory=dict)
    claimed_bytes: int = 0

    def drop_child(self) -> None:
        """Forget a child that has gone, and what it held."""
        if self.child is not None:
            self.child.kill()
        self.child = None
        self.loaded.clear()
        self.used.clear()


class Slots:
    """All slots of this node, and the ledger: what is loaded never exceeds the budget."""

    def __init__(self, slots: list[Slot], *, budget: int, home: Path) -> None:
        self.all = slots
        self.budget = budget
        self.home = home
        self._lock = threading.Lock()
        self._rung: set[str] = set()

    def take(self, lane: str) -> Slot | None:
        """A free slot of the lane, the general ones first; None where all work (they will look once more)."""
        with self._lock:
            free = sorted((s for s in self.all if s.lane == lane and not s.busy), key=lambda s: s.short_only)
            if not free:
                self._rung.add(lane)
                return None
            free[0].busy = True
            return free[0]

    def release(self, slot: Slot, *, force: bool = False) -> bool:
        """Give the slot back; False where a bell has come since, so it should look once more."""
        with self._lock:
            if slot.lane in self._rung and not force:
                self._rung.discard(slot.lane)
                return False
            slot.busy = False
            return True

    def view(self, slot: Slot, node: str) -> SlotView:
        """The slot as a claim sees it: what it may use is the budget less what busy slots hold; loaded is also what
        idle slots of its kind hold, since such a job goes to them, see `nearest`."""
        with self._lock:
            held = sum(self._held(other) for other in self.all if other is not slot and other.job is not None)
            loaded = {key for other in self._instead(slot, slot.short_only) for key in other.loaded}
        return SlotView(
            node=node,
            name=slot.name,
            lane=slot.lane,
            memory_bytes=max(0, self.budget - held),
            short_only=slot.short_only,
            loaded=frozenset(loaded.union(slot.loaded)),
        )

    def nearest(self, slot: Slot, digest: str, *, short: bool) -> Slot:
        """The slot that runs a job claimed for `slot`: an idle one that holds its model goes before one that would have
        to load it. The other is free again then. short: whether the place for short jobs may take it."""
        with self._lock:
            if not digest or digest in slot.loaded:
                return slot
            for other in self._instead(slot, short):
                if digest in other.loaded:
                    slot.busy, other.busy = False, True
                    return other
        return slot

    def _instead(self, slot: Slot, short: bool) -> list[Slot]:
        """Idle slots that could run what was claimed for this one."""
        return [s for s in self.all if s.lane == slot.lane and not s.busy and (short or not s.short_only)]

    @staticmethod
    def _held(slot: Slot) -> int:
        return max(sum(slot.loaded.values()), slot.claimed_bytes)

    def make_room(self, slot: Slot, digest: str, needed: int) -> list[str]:
        """Reserve `needed` bytes for a job on `slot`; returns the digests that its own child must let go of.

        Idle slots' models go first, least recently used first over the node; their children are told at once.
        """
        with self._lock:
            slot.claimed_bytes = needed
            own: list[str] = []
            while True:
                total = sum(self._held(other) for other in self.all)
                if total <= self.budget:
                    return own
                idle = [
                    (other.used.get(key, 0.0), other, key)
                    for other in self.all
                    for key in other.loaded
                    if (other is slot or other.job is None) and key != digest
                ]
                if not idle:
                    return own
                _when, other, key = min(idle, key=lambda item: item[0])
                other.loaded.pop(key)
                other.used.pop(key, None)
                if other is slot:
                    own.append(key)
                elif other.child is not None:
                    try:
                        other.child.evict([key])
                    except ChildGone:
                        other.drop_child()

    def note_loaded(self, slot: Slot, key: str, size: int) -> None:
        with self._lock:
            slot.loaded[key] = size
            slot.used[key] = time.monotonic()

    def done(self, slot: Slot, digest: str) -> None:
        """The job has ended: what it reserved is free again; its model stays loaded."""
        with self._lock:
            slot.claimed_bytes = 0
            slot.job = None
            if digest in slot.loaded:
                slot.used[digest] = time.monotonic()

    def child(self, slot: Slot) -> ChildProcess:
        """The slot's running child, started where there is none."""
        if slot.child is not None and not slot.child.alive:
            slot.drop_child()
        if slot.child is None:
            slot.child = ChildProcess(threads=slot.threads, home=self.home, network=slot.lane == "io")
            slot.child.wait_ready()
        return slot.child

    def close(self) -> None:
        """End every child."""
        for slot in self.all:
            slot.drop_child()

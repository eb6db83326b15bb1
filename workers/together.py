"""Several jobs in one go: one order for one child, and each job an attempt of its own that beats, records and ends by itself.

A Run takes a `Seat` for its child. Who is cancelled, or loses its lease, leaves its seat; the child goes on for the others
and what it says of that one is dropped. With the last one the child is stopped.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from typing import TYPE_CHECKING

from django.conf import settings

from workers import messages
from workers.process import ChildGone, ChildProcess

if TYPE_CHECKING:
    from studio.jobs.models import Job
    from workers.node import ThisNode
    from workers.slots import Slot

LOOK_S = 0.2


class Seat:
    """What one job has of the child; the part of ChildProcess that a Run uses."""

    def __init__(self, company: Company, place: int) -> None:
        self.said: queue.Queue[messages.Word | None] = queue.Queue()
        self.place = place
        self._company = company

    def send(self, order: messages.Order) -> None:
        """The job is ready; the child gets the order when all are."""
        assert isinstance(order, messages.Run)
        self._company.ready(self, order)

    def stop_run(self) -> None:
        self._company.leave(self, messages.Ended(how="stopped"))

    def kill(self) -> None:
        """It wants to hear no more; also where it has ended already."""
        self._company.leave(self, None)

    def memory(self) -> int:
        return self._company.memory()

    @property
    def how_it_ended(self) -> str:
        return self._company.how_it_ended


class Company:
    """The seats of one go. `run` is the slot's thread's; `ready` and `leave` come from the threads of the jobs."""

    def __init__(self, node: ThisNode, slot: Slot, jobs: list[Job]) -> None:
        self.seats = [Seat(self, place) for place in range(len(jobs))]
        self.how_it_ended = "not started"
        self._node, self._slot, self._jobs = node, slot, jobs
        self._live = set(self.seats)
        self._orders: dict[int, messages.Run] = {}
        self._changed = threading.Condition()
        self._child: ChildProcess | None = None  # while it works for somebody
        self._left_at: float | None = None

    def ready(self, seat: Seat, order: messages.Run) -> None:
        with self._changed:
            self._orders[seat.place] = order
            self._changed.notify_all()

    def leave(self, seat: Seat, last: messages.Ended | None) -> None:
        """`last` is the last word that the seat hears. With the last seat the child is told to stop."""
        with self._changed:
            if seat not in self._live:
                return
            self._live.discard(seat)
            seat.said.put(last)
            self._changed.notify_all()
            if not self._live and self._child is not None:
                self._left_at = time.monotonic()
                with contextlib.suppress(ChildGone):  # then it has stopped
                    self._child.stop_run()

    def memory(self) -> int:
        child = self._child
        return child.memory() if child is not None else 0

    def run(self) -> None:
        """Until the child has ended its work, or has been stopped since nobody waits for it any more."""
        try:
            members = self._begin()
            if members:
                self._listen(members)
        except ChildGone as error:
            self.how_it_ended = str(error)
            self._slot.drop_child()
        finally:
            self._end(None)

    def _begin(self) -> list[Seat]:
        """Wait until each job is ready or has left; then give one order for all who stay, and say who they are."""
        evict = self._node.slots.make_room(
            self._slot, self._jobs[0].model_digest, max(job.memory_bytes for job in self._jobs)
        )
        with self._changed:
            self._changed.wait_for(lambda: all(seat.place in self._orders for seat in self._live))
            if not self._live:
                return []
        child = self._node.slots.child(self._slot)
        with self._changed:  # nobody leaves between the order and `_child`: a Stop must follow it
            members = [seat for seat in self.seats if seat in self._live]
            if members:
                runs = [self._orders[seat.place] for seat in members]
                runs[0] = runs[0].model_copy(update={"evict": evict})
                child.send(messages.RunTogether(runs=runs))
                self._child, self.how_it_ended = child, "it still runs"
        return members

    def _listen(self, members: list[Seat]) -> None:
        child = self._child
        assert child is not None
        while True:
            try:
                word = child.said.get(timeout=LOOK_S)
            except queue.Empty:
                if self._left_at is not None and time.monotonic() - self._left_at > settings.CANCEL_GRACE:
                    self._slot.drop_child()
                    return
                continue
            if word is None:
                self.how_it_ended = child.how_it_ended
                self._slot.drop_child()
                return
            if isinstance(word, messages.Ended):
                self._end(word.model_copy(update={"cpu_s": word.cpu_s / len(members)}))
                return
            self._pass_on(word, members)

    def _pass_on(self, word: messages.Word, members: list[Seat]) -> None:
        first = self._jobs[0]
        if isinstance(word, messages.Loaded):
            size = first.memory_bytes if word.key == first.model_digest else 0
            self._node.slots.note_loaded(self._slot, word.key, size)
        elif isinstance(word, messages.OfOne):
            seat = members[word.member]
            with self._changed:
                if seat in self._live:
                    seat.said.put(word)

    def _end(self, last: messages.Ended | None) -> None:
        with self._changed:
            self._child = None
            for seat in list(self._live):
                self.leave(seat, last)

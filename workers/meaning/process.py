"""The child as the keeper sees it: a subprocess with a pipe, which several threads give orders to."""

from __future__ import annotations

import logging
import queue
import subprocess
import sys
import threading
from pathlib import Path

from workers.meaning.messages import Answer, Order
from workers.process import ROOT, ChildGone, environment

log = logging.getLogger(__name__)

START_LIMIT_S = 60.0
ANSWER_LIMIT_S = 8.0  # less than the keeper's hold on its lock


class MeaningChild:
    """give(order) → its answer; ChildGone where none comes, ValueError where it could not be done."""

    def __init__(self, file: Path, home: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "workers.meaning.child", str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None,
            cwd=ROOT,
            env={**environment(1, home, network=False), "OPENBLAS_NUM_THREADS": "1"},
            text=True,
            bufsize=1,
            start_new_session=True,
        )
        self.pid = self._process.pid
        self._lock = threading.Lock()
        self._n = 0
        self._waited: dict[int, queue.Queue[Answer | None]] = {0: queue.Queue()}
        threading.Thread(target=self._listen, name=f"meaning-{self.pid}", daemon=True).start()
        self._take(0, START_LIMIT_S)

    def give(self, order: Order, limit_s: float = ANSWER_LIMIT_S) -> Answer:
        """The answer; a child that gives none within the limit is ended."""
        with self._lock:
            self._n += 1
            n = self._n
            self._waited[n] = queue.Queue()
            assert self._process.stdin is not None
            try:
                self._process.stdin.write(order.model_copy(update={"n": n}).model_dump_json() + "\n")
                self._process.stdin.flush()
            except (OSError, ValueError) as error:
                self._waited.pop(n, None)
                raise ChildGone(str(error)) from None
        return self._take(n, limit_s)

    def _take(self, n: int, limit_s: float) -> Answer:
        try:
            answer = self._waited[n].get(timeout=limit_s) if self.alive else None
        except queue.Empty:
            self.kill()
            answer = None
        finally:
            self._waited.pop(n, None)
        if answer is None:
            raise ChildGone("the process that knows what assets mean has ended")
        if answer.error:
            raise ValueError(answer.error)
        return answer

    def _listen(self) -> None:
        assert self._process.stdout is not None
        try:
            for line in self._process.stdout:
                answer = Answer.model_validate_json(line)
                if (waited := self._waited.get(answer.n)) is not None:
                    waited.put(answer)
        except ValueError:
            log.exception("the child said what is no message; it is ended")
            self.kill()
        self._process.wait()
        for waited in list(self._waited.values()):
            waited.put(None)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

"""A child as its slot sees it: a subprocess in a group of its own, with a scrubbed environment and a pipe."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil

from workers.messages import Evict, Order, Ready, Stop, Word, words

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent
START_LIMIT_S = 60.0
PASSED_ON = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TZ",
    "CUDA_VISIBLE_DEVICES",
    "LD_LIBRARY_PATH",
    "STUDIO_EXTRA_TOOLS",
    "VIRTUAL_ENV",
)
NETWORK = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE")
"""What only an io child gets: how the network is reached. Settings of pip (PIP_*) go along."""


class ChildGone(Exception):
    """The child ended without saying so: killed, crashed, or out of memory."""


class ChildProcess:
    """One running child. `said` holds its words in order, then None when its pipe has closed."""

    def __init__(self, *, threads: int, home: Path, network: bool = False) -> None:
        self.said: queue.Queue[Word | None] = queue.Queue()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "workers.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None,
            cwd=ROOT,
            env=environment(threads, home, network),
            text=True,
            bufsize=1,
            start_new_session=True,
        )
        self.pid = self._process.pid
        self._info = psutil.Process(self.pid)
        threading.Thread(target=self._listen, name=f"child-{self.pid}", daemon=True).start()

    def wait_ready(self) -> None:
        """Until it can take orders; ChildGone where it does not come up."""
        try:
            first = self.said.get(timeout=START_LIMIT_S)
        except queue.Empty:
            first = None
        if not isinstance(first, Ready):
            self.kill()
            raise ChildGone("the generation process did not start")

    def _listen(self) -> None:
        assert self._process.stdout is not None
        try:
            for line in self._process.stdout:
                self.said.put(words.validate_json(line))
        except ValueError:
            log.exception("child %s said what is no message; it is ended", self.pid)
            self.kill()
        self.said.put(None)

    def send(self, order: Order) -> None:
        """Give an order; ChildGone where nobody hears it."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(order.model_dump_json() + "\n")
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError, OSError) as error:
            raise ChildGone(str(error)) from None

    def stop_run(self) -> None:
        self.send(Stop())

    def evict(self, keys: list[str]) -> None:
        self.send(Evict(keys=keys))

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def memory(self) -> int:
        """Resident bytes of the child and of what it started; 0 once it has gone."""
        try:
            family = [self._info, *self._info.children(recursive=True)]
            return sum(member.memory_info().rss for member in family)
        except psutil.Error:
            return 0

    def kill(self) -> None:
        """End it, and whatever it has started, at once."""
        try:
            family = self._info.children(recursive=True)
        except psutil.Error:
            family = []
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        for member in family:  # one that left the group
            try:
                member.kill()
            except psutil.Error:
                continue
        self._process.wait()

    @property
    def how_it_ended(self) -> str:
        code = self._process.poll()
        if code is None:
            return "it still runs"
        return f"killed by signal {-code}" if code < 0 else f"ended with status {code}"


def environment(threads: int, home: Path, network: bool) -> dict[str, str]:
    """What a child may know: no database address, no Redis, no secret."""
    env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    env |= {
        "HOME": str(home),
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8",
        "OMP_NUM_THREADS": str(threads),
        "MKL_NUM_THREADS": str(threads),
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_OFFLINE": "0" if network else "1",
        "TRANSFORMERS_OFFLINE": "0" if network else "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
    }
    if network:
        env |= {n: v for n, v in os.environ.items() if n in NETWORK or n.startswith("PIP_")}
    return env

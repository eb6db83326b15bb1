"""Starts Redis, web server, workers and sweeper, starts again what dies, and stops all of them in order.

State lies in STUDIO_DATA: logs/<part>.log, and studio.json, which says what runs (address, process ids) while it does.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from studio import env
from studio.local_redis import LocalRedis
from studio.processes import Reaper, ended, spawn, stop
from studio.setup import ports
from studio.setup.problem import SetupProblem

ROOT = Path(__file__).resolve().parent.parent
BACK_OFF_S = (
    0.1,
    1.0,
    2.0,
    5.0,
    10.0,
    30.0,
)  # waits before the first, second, … start of a part that keeps dying
STEADY_S = env.number("STUDIO_STEADY_S", 30.0)  # after this long the next death counts as the first
LOG_LIMIT = 20 * 2**20  # bytes; then the log begins anew and the old one stays beside it
READY_S = 60.0


@dataclass
class Part:
    """One long-lived process: how it is started, how long it may take to stop."""

    name: str
    argv: list[str]
    env: dict[str, str]
    stop_limit_s: float
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    due: float = 0.0
    log: Path = field(default=Path())


class Supervisor:
    """Keeps the parts of one studio alive; one per data folder."""

    def __init__(self, data: Path, *, say: Callable[[str], None] = print) -> None:
        self.data = data
        self.say = say
        self.host, self.port = ports.address()
        self.parts: list[Part] = []
        self.asked_to_stop = 0
        self._checked_logs = 0.0
        self._reaper = None if sys.platform == "linux" else Reaper()
        for folder in ("logs", "static"):
            (data / folder).mkdir(parents=True, exist_ok=True)
        self._lock = os.open(data / "studio.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SetupProblem(
                f"A studio already runs on {data}. Stop it first, or give this one another folder: STUDIO_DATA=…"
            ) from None

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the studio."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    def run(self, *, migrate: Callable[[], None], greet: Callable[[str], None]) -> int:
        """Start everything, stay until Ctrl-C or SIGTERM, stop everything. Gives the exit status.

        migrate brings the database up to date once Redis answers; greet gets the address once the pages do.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            ports.check_free()
            self._start_redis()
            if not self.asked_to_stop:
                migrate()
            for part in self._studio_parts():
                if not self.asked_to_stop:
                    self._add(part)
            if self._wait_for_pages():
                greet(self.url)
            while not self.asked_to_stop:
                self._look()
                time.sleep(0.1)
            return 0
        finally:
            self._stop_all()

    def _start_redis(self) -> None:
        if os.environ.get("REDIS_URL"):
            return
        for _ in range(3):  # somebody may take the port between our look and the server's start
            redis = LocalRedis(self.data / "redis")
            self._add(Part("redis", redis.argv(), dict(os.environ), stop_limit_s=3.0))
            if redis.answers():
                os.environ["REDIS_URL"] = redis.url  # for the parts, and for this process
                return
            self._stop_part(self.parts.pop())
        raise SetupProblem(f"Redis does not start; its log is {self.data / 'logs' / 'redis.log'}.")

    def _studio_parts(self) -> list[Part]:
        python = sys.executable
        common = {**os.environ, "STUDIO_DATA": str(self.data), "PYTHONUNBUFFERED": "1"}
        web = [
            python,
            "-m",
            "uvicorn",
            "studio.asgi:application",
            "--host",
            self.host,
            "--port",
            str(self.port),
        ]
        web += [
            "--ws",
            "websockets-sansio",
            "--no-access-log",
            "--log-level",
            "warning",
            "--no-server-header",
        ]
        web += ["--timeout-graceful-shutdown", "3"]
        hands = {**common, "STUDIO_ROLE": "worker"}
        return [
            Part("web", web, {**common, "STUDIO_ROLE": "web"}, stop_limit_s=5.0),
            Part("worker", [python, "-m", "workers"], hands, stop_limit_s=10.0),
            Part("sweeper", [python, "manage.py", "sweeper"], hands, stop_limit_s=3.0),
        ]

    def _add(self, part: Part) -> None:
        part.log = self.data / "logs" / f"{part.name}.log"
        self.parts.append(part)
        self._start(part)

    def _start(self, part: Part) -> None:
        with part.log.open("ab") as output:
            part.process = spawn(part.argv, env=part.env, cwd=ROOT, output=output)
        part.started = time.monotonic()
        if self._reaper:
            self._reaper.watch(part.process.pid)
        self._write_state()

    def _look(self) -> None:
        """One look at all parts: what died is started again, later each time it dies soon."""
        now = time.monotonic()
        for part in self.parts:
            if part.process is None:
                if now >= part.due:
                    self.say(f"{part.name}: starting again")
                    self._start(part)
            elif ended(part.process):
                self._bury(part, now)
        if now - self._checked_logs > 30:
            self._checked_logs = now
            for part in self.parts:
                _rotate(part.log)

    def _bury(self, part: Part, now: float) -> None:
        process, part.process = part.process, None
        assert process is not None
        if self._reaper:
            self._reaper.forget(process.pid)
        part.deaths = 0 if now - part.started > STEADY_S else part.deaths
        wait = BACK_OFF_S[min(part.deaths, len(BACK_OFF_S) - 1)]
        part.deaths += 1
        part.due = now + wait
        self.say(f"{part.name}: {_how(process.returncode)}; log: {part.log}")
        if part.deaths > 1:
            for line in _tail(part.log):
                self.say(f"    {line}")
        self._write_state()

    def _wait_for_pages(self) -> bool:
        deadline = time.monotonic() + READY_S
        while not self.asked_to_stop:
            self._look()
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=1):
                    return True
            except urllib.error.HTTPError:
                return True  # it answers; what is wrong stands in its log
            except OSError:
                if time.monotonic() > deadline:
                    self.say(
                        f"The pages do not answer after {READY_S:.0f} s; see {self.data / 'logs' / 'web.log'}."
                    )
                    return False
                time.sleep(0.05)
        return False

    def _stop_all(self) -> None:
        order = ["web", "worker", "sweeper", "redis"]
        for part in sorted(self.parts, key=lambda one: order.index(one.name)):
            self._stop_part(part)
        (self.data / "studio.json").unlink(missing_ok=True)
        if self._reaper:
            self._reaper.close()
        os.close(self._lock)

    def _stop_part(self, part: Part) -> None:
        process, part.process = part.process, None
        if process is None:
            return
        if not stop(process, limit_s=part.stop_limit_s, cut_short=lambda: self.asked_to_stop > 1):
            self.say(f"{part.name}: did not stop by itself and was killed")
        if self._reaper:
            self._reaper.forget(process.pid)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop += 1
        if self.asked_to_stop == 1:
            os.write(1, "\nStopping (press Ctrl-C again to stop at once) …\n".encode())

    def _write_state(self) -> None:
        state = {
            "pid": os.getpid(),
            "url": self.url,
            "redis_url": os.environ.get("REDIS_URL", ""),
            "parts": {part.name: part.process.pid for part in self.parts if part.process},
        }
        file = self.data / "studio.json"
        temporary = file.with_suffix(".new")
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(state, indent=1))
        temporary.replace(file)


def _how(status: int) -> str:
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"


def _tail(log: Path, count: int = 5) -> list[str]:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 4000))
        return file.read().decode("utf-8", "replace").splitlines()[-count:]


def _rotate(log: Path) -> None:
    """Keep the old log beside and empty the file that the process goes on appending to."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        shutil.copyfile(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)

"""The running studio of the tests: the same `manage.py studio` that people start, on free ports and fresh data."""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import httpx

from studio.processes import spawn, stop
from studio.setup import ports
from tests.migrated import copy_to

if TYPE_CHECKING:
    from tests.provider import Provider

ROOT = Path(__file__).resolve().parent.parent
START_S = 120.0
_numbers = itertools.count(1)


class Stack:
    """Starts, answers for and stops one studio."""

    def __init__(
        self, folder: Path, more_env: Mapping[str, str] | None = None, *, fresh: bool = False
    ) -> None:
        """fresh: its first start makes the database itself, as a person's does; else it begins with a migrated one."""
        folder.mkdir(parents=True, exist_ok=True)
        self.fresh = fresh
        self.data = folder / "data"
        self.port = ports.free()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {
            **{
                name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "DATABASE_URL"}
            },
            **(more_env or {}),
            "STUDIO_DATA": str(self.data),
            "STUDIO_PORT": str(self.port),
            "STUDIO_HOST": "127.0.0.1",
        }
        self.console = folder / "console.log"
        self.company: Provider | None = None
        self._output: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._manager: subprocess.Popen[str] | None = None
        self._tokens: dict[tuple[str | None, str | None, tuple[str, ...]], str] = {}

    def start(self, *, worker: bool = True) -> None:
        """Start it and wait until the pages (and, with worker, a node) answer."""
        database = self.data / "studio.sqlite3"
        migrated = os.environ.get("STUDIO_DATA")  # the tests have one, the benchmarks none
        if migrated and not (self.fresh or "DATABASE_URL" in self.env or database.exists()):
            copy_to(database, Path(migrated))
        self._output = self.console.open("ab")
        argv = [sys.executable, "manage.py", "studio"]
        self._process = spawn(argv, env=self.env, cwd=ROOT, output=self._output)
        deadline = time.monotonic() + START_S
        path = "/readyz" if worker else "/healthz"
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"the studio ended while it started:\n{self.logs()}")
            try:
                if httpx.get(f"{self.url}{path}", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise RuntimeError(f"the studio was not ready after {START_S:.0f} s:\n{self.logs()}")

    def stop(self) -> None:
        """As Ctrl-C does it."""
        if self._manager is not None:
            self._manager.communicate()  # closes its input, which ends it
            self._manager = None
        if self._process is not None:
            stop(self._process, limit_s=30)
        if self._output is not None:
            self._output.close()

    def logs(self, last: int = 3000) -> str:
        """The ends of all logs, for a message of failure."""
        files = [self.console, *sorted((self.data / "logs").glob("*.log"))]
        return "\n".join(
            f"== {file.name}\n{file.read_text(errors='replace')[-last:]}" for file in files if file.exists()
        )

    def state(self) -> dict[str, Any]:
        """studio.json: address, Redis, process ids of the parts."""
        state: dict[str, Any] = json.loads((self.data / "studio.json").read_text())
        return state

    @property
    def redis_url(self) -> str:
        return str(self.state()["redis_url"])

    def pid(self, part: str) -> int:
        """The process of "web", "worker", "sweeper" or "redis"."""
        return int(self.state()["parts"][part])

    def kill(self, part: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Kill a part as a crash would; the supervisor starts it again. Gives the process id that was killed."""
        pid = self.pid(part)
        os.kill(pid, number)
        return pid

    def manage(self, *words: str) -> str:
        """Run a command of manage.py on this studio's data; what it printed. RuntimeError where it failed."""
        if self._manager is None:
            self._manager = subprocess.Popen(
                [sys.executable, "-m", "tests.manager"],
                cwd=ROOT,
                env={**self.env, "REDIS_URL": self.redis_url, "STUDIO_ROLE": "worker"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=(self.console.parent / "manager.log").open("ab"),
                text=True,
            )
        assert self._manager.stdin is not None
        assert self._manager.stdout is not None
        self._manager.stdin.write(json.dumps(words) + "\n")
        self._manager.stdin.flush()
        said = json.loads(self._manager.stdout.readline() or '{"error": "the process ended", "out": ""}')
        if "error" in said:
            raise RuntimeError(f"manage.py {' '.join(words)}:\n{said['out']}\n{said['error']}")
        return str(said["out"])

    def restore(self, backup: Path) -> None:
        """Bring a backup back, before the first start."""
        subprocess.run(
            [sys.executable, "manage.py", "restore", str(backup)],
            cwd=ROOT,
            env=self.env,
            check=True,
            timeout=60,
        )

    def new_name(self) -> str:
        """The name of a person whom no other test knows."""
        return f"person-{next(_numbers)}"

    def token(
        self, user: str | None = None, *, team: str | None = None, scopes: Sequence[str] | None = None
    ) -> str:
        """An API token of that person, whom it makes where there is none; None: the owner."""
        key = (user, team, tuple(scopes or ()))
        if key not in self._tokens:
            words = ["token"]
            words += ["--user", _email(user)] if user else []
            words += ["--team", team] if team else []
            for scope in scopes or ():
                words += ["--scope", scope]
            self._tokens[key] = self.manage(*words).split()[-1]
        return self._tokens[key]

    def client(self, token: str | None = None) -> httpx.Client:
        """An HTTP client of the stack; with a token it is that person's."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        kept = httpx.Limits(
            keepalive_expiry=2.0
        )  # the server hangs up after 5 s: never write into that moment
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, limits=kept)

    def signin_link(self, user: str | None = None) -> str:
        """A link that signs that person (made where there is none) or the owner in once."""
        if user:
            self.token(user)
        return self.manage("signin", *(["--user", _email(user)] if user else [])).split()[-1]

    def session(self, user: str) -> str:
        """The session cookie of that person, signed in by a link as a browser does it without showing anything."""
        with httpx.Client(follow_redirects=False, timeout=60) as client:
            link = self.signin_link(user)
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(link).text)
            assert token is not None, "the page of the link has no form"
            answer = client.post(link, data={"csrfmiddlewaretoken": token[1]}, headers={"Referer": link})
            assert answer.status_code == 302, answer.text
            return client.cookies["sessionid"]


def _email(user: str) -> str:
    return user if "@" in user else f"{user}@studio.localhost"

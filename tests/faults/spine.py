"""The studio that is hurt: `manage.py studio` with a Redis behind a proxy, a second node, and small disks where we may."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil

from studio.local_redis import LocalRedis
from studio.processes import ended, spawn, stop
from tests.faults.database import Postgres, Sqlite
from tests.faults.kept import Folder, InBucket, Kept
from tests.faults.proxy import Proxy
from tests.stack import ROOT, Stack

TIMES = {
    "STUDIO_LEASE_S": "3",
    "STUDIO_BEAT_S": "0.5",
    "STUDIO_SWEEP_S": "0.25",
    "STUDIO_CANCEL_GRACE_S": "1",
    "STUDIO_STEADY_S": "0",  # each death counts as the first: a storm is no crash loop
}
BLOBS_MB, DATA_MB, POSTGRES_MB = 64, 1024, 256  # of main memory, taken only as it is used


class Spine:
    """Start it, hurt it, stop it; `left` says which of its processes are still there then."""

    def __init__(self, folder: Path, *, postgres: bool = False, bucket: bool = False) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.tokens = folder / "faults"
        (self.tokens / "broken").mkdir(parents=True)
        self._mounted: list[Path] = []
        self.blobs = folder / "blobs"
        self.small_disks = self._mount(self.blobs, BLOBS_MB) and self._mount(folder / "stack", DATA_MB)
        self._redis_place = LocalRedis(folder / "redis")
        self._redis: subprocess.Popen[bytes] | None = None
        self.start_redis()
        self.proxy = Proxy(self._redis_place.port)
        self.database: Sqlite | Postgres
        if postgres:
            self._mount(folder / "postgres", POSTGRES_MB)
            self.database = Postgres(folder / "postgres")
        else:
            self.database = Sqlite(folder / "stack" / "data" / "studio.sqlite3")
        url = urlsplit(self._redis_place.url)
        self.kept: Kept = InBucket() if bucket else Folder(self.blobs)
        self.stack = Stack(
            folder / "stack",
            {
                **TIMES,
                "REDIS_URL": f"redis://:{url.password}@127.0.0.1:{self.proxy.port}/0",
                "STUDIO_BLOBS": str(self.blobs),
                "STUDIO_FAULTS": str(self.tokens),
                "STUDIO_EXTRA_TOOLS": "tests.tools,tests.faults.tools",
                "STUDIO_NODE": "first",
                "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
                **self.database.env,
                **self.kept.env,
            },
        )
        self._second: subprocess.Popen[bytes] | None = None

    # Life

    def start(self) -> None:
        self.stack.start(worker=False)
        self.mend()
        self.wait_for_nodes(2)

    def stop(self) -> None:
        try:
            if self._second is not None:
                os.kill(self._second.pid, signal.SIGCONT)
                stop(self._second, limit_s=10)
            self.stack.stop()
            self.database.stop()
            self.kept.stop()
            if self._redis is not None:
                stop(self._redis, limit_s=3)
            self.proxy.close()
        finally:
            self._keep_logs()
            for place in reversed(self._mounted):
                subprocess.run(["umount", "-l", place], check=False)

    def _keep_logs(self) -> None:
        """Logs outlive the small disks, for whoever asks what happened."""
        kept = self.folder / "logs"
        kept.mkdir(exist_ok=True)
        for log in [self.stack.console, *(self.stack.data / "logs").glob("*.log")]:
            with contextlib.suppress(OSError):
                shutil.copy(log, kept)

    def left(self) -> list[str]:
        """Processes that carry the folder of this studio in their environment, command or working folder."""
        mark, found = str(self.folder), []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.pid == os.getpid():
                    continue
                words = [*process.cmdline(), *process.environ().values(), process.cwd()]
                if any(mark in word for word in words) and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(f"{process.pid} {' '.join(process.cmdline())[:120]}")
        return found

    # Parts

    def start_redis(self) -> None:
        """Redis with nothing in it, at the same address as before."""
        if self._redis is not None and not ended(self._redis):
            return
        argv = self._redis_place.argv()
        self._redis = spawn(argv, env=os.environ, cwd=self.folder, output=subprocess.DEVNULL)

    def kill_redis(self) -> None:
        assert self._redis is not None
        self._redis.kill()
        self._redis.wait()

    def mend(self) -> None:
        """Whatever a fault left: Redis and the second node run, the line is open, disks have room, the clock is right."""
        self.start_redis()
        self.proxy.set("open")
        self.empty_disks()
        self.database.mend()
        self.kept.mend()
        for token in self.tokens.iterdir():
            if token.is_file() and not token.name.startswith(("once-", "version")):
                token.unlink(missing_ok=True)
        if self._second is None or ended(self._second):
            env = {
                **self.stack.env,
                "STUDIO_NODE": "second",
                "STUDIO_ROLE": "worker",
                "PYTHONUNBUFFERED": "1",
            }
            if isinstance(self.database, Postgres):  # as a second machine: only the blobs are shared
                env["STUDIO_DATA"] = str(self.stack.data.parent / "second")
            with (self.stack.data / "logs" / "second.log").open("ab") as output:
                self._second = spawn([sys.executable, "-m", "workers"], env=env, cwd=ROOT, output=output)

    def workers(self) -> dict[str, int]:
        """Process ids of the workers that run, by node."""
        found = {}
        with contextlib.suppress(KeyError, OSError, ValueError):
            found["first"] = self.stack.pid("worker")
        if self._second is not None and not ended(self._second):
            found["second"] = self._second.pid
        return {node: pid for node, pid in found.items() if psutil.pid_exists(pid)}

    def children(self, node: str) -> list[psutil.Process]:
        """The generation processes of a node."""
        try:
            below = psutil.Process(self.workers()[node]).children()
            return [child for child in below if "workers.child" in " ".join(child.cmdline())]
        except (psutil.Error, KeyError):
            return []

    def wait_for_nodes(self, count: int, seconds: float = 180.0) -> None:
        """Until so many nodes have reported since their present process began (two reports are 2 s apart)."""
        until = time.monotonic() + seconds
        token = self.stack.token()
        while time.monotonic() < until:
            with contextlib.suppress(httpx.HTTPError, KeyError):
                answer = httpx.get(
                    f"{self.stack.url}/api/v1/nodes", headers={"Authorization": f"Bearer {token}"}, timeout=5
                )
                if answer.status_code == 200 and self._fresh(answer.json()["items"]) >= count:
                    return
            self.mend_second()
            time.sleep(0.1)
        raise RuntimeError(f"{count} nodes did not come up in {seconds:.0f} s:\n{self.stack.logs()}")

    def mend_second(self) -> None:
        if self._second is not None and ended(self._second):
            self.mend()

    def _fresh(self, rows: list[dict[str, object]]) -> int:
        from datetime import datetime

        begun = {}
        for node, pid in self.workers().items():
            with contextlib.suppress(psutil.Error):
                begun[node] = psutil.Process(pid).create_time()
        return sum(
            datetime.fromisoformat(str(row["started_at"])).timestamp() > begun[str(row["name"])] - 1
            and row["state"] == "here"
            for row in rows
            if row["name"] in begun
        )

    # Hurting

    def arm(self, point: str, what: str = "KILL") -> None:
        """The next process that comes to the point does this to itself."""
        temporary = self.tokens / f"broken/.{point}"
        temporary.write_text(what)
        temporary.rename(self.tokens / point)

    def fired(self, point: str) -> tuple[int, float] | None:
        """(process id, time of the wall clock) where the point was reached."""
        try:
            words = (self.tokens / f"{point}.fired").read_text().split()
            return int(words[-2]), float(words[-1])
        except (OSError, ValueError, IndexError):
            return None

    def wait_fired(self, point: str, seconds: float = 20.0) -> tuple[int, float]:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = self.fired(point)
            if found:
                return found
            time.sleep(0.02)
        raise RuntimeError(f"nobody came to the point {point} in {seconds:.0f} s")

    def once(self, name: str) -> str:
        """A file whose removal lets a tool die; see tests.faults.tools."""
        file = self.tokens / f"once-{name}"
        file.touch()
        return str(file)

    @contextlib.contextmanager
    def broken(self, guard: str) -> Iterator[None]:
        file = self.tokens / "broken" / guard
        file.touch()
        try:
            yield
        finally:
            file.unlink()

    def new_version(self, number: int) -> None:
        """Processes that start from now on have this version of `test.fragile`."""
        (self.tokens / "version").write_text(str(number))

    def restart(self, part: str) -> None:
        """End a part as an update does (SIGTERM) and wait until it is back: "web", "first" or "second"."""
        old = self.workers().get(part) or self.stack.pid(part)
        os.kill(old, signal.SIGTERM)
        until = time.monotonic() + 60
        while psutil.pid_exists(old):
            if self._second is not None:
                ended(self._second)  # a node of ours is waited for, or its number stays taken
            if time.monotonic() > until:
                raise RuntimeError(f"{part} did not end in a minute")
            time.sleep(0.05)
        self.mend_second()
        self.wait_for_nodes(2)

    def move_clock(self, seconds: float, node: str = "") -> None:
        """The clock of everybody, or of one node only."""
        temporary = self.tokens / "broken/.clock"
        temporary.write_text(str(seconds))
        temporary.rename(self.tokens / (f"clock-{node}" if node else "clock"))

    def fill_disk(self, which: str) -> None:
        """which: "blobs", "postgres" or "data" (scratch, logs, SQLite's database). Needs small_disks."""
        place = self._disks()[which] / "filler"
        with place.open("wb") as file:
            free = os.statvfs(place.parent)
            with contextlib.suppress(OSError):
                os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize)

    def empty_disks(self) -> None:
        for place in self._disks().values():
            (place / "filler").unlink(missing_ok=True)

    def _disks(self) -> dict[str, Path]:
        return {
            "blobs": self.blobs,
            "data": self.folder / "stack",
            "postgres": self.folder / "postgres",
        }

    def limit_files(self, size: int) -> None:
        """Where nobody may mount: no process of the workers may write a file beyond `size` bytes (-1: any)."""
        for pid in self.workers().values():
            with contextlib.suppress(psutil.Error):
                psutil.Process(pid).rlimit(psutil.RLIMIT_FSIZE, (size, -1))

    def _mount(self, place: Path, size_mb: int) -> bool:
        place.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "none", place],
            capture_output=True,
            check=False,
        )
        if done.returncode == 0:
            self._mounted.append(place)
        return done.returncode == 0

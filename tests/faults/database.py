"""The databases that are hurt: SQLite's file, and a PostgreSQL server behind a proxy of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg

from studio.checks.postgres import Server
from tests.faults.proxy import Proxy

WRITTEN = "jobs_job, jobs_attempt, feeds_event, teams_team"  # what every step of a job writes


class Sqlite:
    """The file in the data folder."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.env: dict[str, str] = {}

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else writes meanwhile; reading goes on."""
        database = sqlite3.connect(self.file, timeout=10, isolation_level=None)
        try:
            database.execute("BEGIN EXCLUSIVE")
            yield
            database.execute("ROLLBACK")
        finally:
            database.close()

    def mend(self) -> None:
        pass

    def stop(self) -> None:
        pass


class Postgres:
    """A server with its data in `folder`. The studio comes to it through `proxy` only, the faults directly."""

    def __init__(self, folder: Path) -> None:
        self.server = Server(folder)
        self.proxy = Proxy(self.server.socket)
        self.env = {"DATABASE_URL": f"postgresql://postgres@127.0.0.1:{self.proxy.port}/postgres"}

    def direct(self) -> psycopg.Connection:
        return psycopg.connect(self.server.url, autocommit=True)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else writes to the tables of jobs, feeds and teams meanwhile; reading goes on."""
        with self.direct() as connection, connection.transaction():
            connection.execute(f"LOCK TABLE {WRITTEN} IN EXCLUSIVE MODE")
            yield

    @contextlib.contextmanager
    def rows_locked(self) -> Iterator[None]:
        """Somebody has begun a transaction on every job and attempt that is not over, and thinks."""
        with self.direct() as connection, connection.transaction():
            for rows in (
                "jobs_job WHERE state IN ('queued', 'running')",
                "jobs_attempt WHERE ended_at IS NULL",
            ):
                connection.execute(f"SELECT 1 FROM {rows} FOR UPDATE")
            yield

    def terminate(self) -> int:
        """End the server's processes that serve somebody, as an operator does; how many."""
        with self.direct() as connection:
            ended = connection.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
        return int(ended[0]) if ended else 0

    def kill(self) -> None:
        """SIGKILL to the server and all that it has started."""
        server = psutil.Process(self.server.pid)
        family = [server, *server.children(recursive=True)]
        for process in family:
            with contextlib.suppress(psutil.Error):
                process.send_signal(signal.SIGKILL)
        psutil.wait_procs(family, timeout=10)

    def mend(self) -> None:
        """The server runs and answers, the line is open."""
        self.proxy.set("open")
        until = time.monotonic() + 60
        while True:
            try:
                self.server.start()
                with self.direct() as connection:
                    connection.execute("SELECT 1")
                return
            except (psycopg.OperationalError, subprocess.SubprocessError, OSError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            os.kill(self.server.pid, signal.SIGCONT)
        self.server.stop()
        self.proxy.close()

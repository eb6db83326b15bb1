"""Transactions that need not outlive a power cut: what they tell, the next attempt tells again.

A commit that waits for the disk takes milliseconds, and nobody else can write meanwhile. Submits, stores, ends and
leases wait. That a job was begun, its progress and its tokens do not: when the power goes, the attempt is gone, too.
The order of commits stays, on both databases, so what is lost is the newest only, and the next commit that waits
brings all before it to the disk (https://www.sqlite.org/pragma.html#pragma_synchronous; PostgreSQL: synchronous_commit).
A killed process of ours loses nothing by this; a PostgreSQL that is killed loses the newest of it, some 200 ms at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def without_waiting() -> Iterator[None]:
    """As `transaction.atomic()`, and the commit does not wait for the disk. Within another transaction that one decides."""
    if connection.in_atomic_block:
        yield from _atomic()
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            _say("SET LOCAL synchronous_commit = off")
            yield
    else:
        _say("PRAGMA synchronous=NORMAL")
        try:
            yield from _atomic()
        finally:
            _say("PRAGMA synchronous=FULL")


def _atomic() -> Iterator[None]:
    with transaction.atomic():
        yield


def _say(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)

"""Identifiers that sort by time: UUID version 7 (RFC 9562, section 5.7).

A list "newest first" is then an index walk on the primary key, with no second column to break ties.
"""

from __future__ import annotations

import os
import threading
import time
import uuid
from datetime import datetime

_lock = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """A new UUIDv7. Within a process later ones sort after earlier ones (12 bits of sub-millisecond counter)."""
    global _last
    with _lock:
        stamp = time.time_ns() // 250  # 4,000 ticks a millisecond fit rand_a's 12 bits
        _last = stamp = max(stamp, _last + 1)
    milliseconds, tick = divmod(stamp, 4000)
    value = (milliseconds & (2**48 - 1)) << 80 | 0x7 << 76 | tick << 64
    value |= 0b10 << 62 | int.from_bytes(os.urandom(8), "big") & (2**62 - 1)
    return uuid.UUID(int=value)


def first_of(moment: datetime) -> uuid.UUID:
    """The least UUIDv7 of that millisecond: ids from there on were given then or later."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80 | 0x7 << 76 | 0b10 << 62)

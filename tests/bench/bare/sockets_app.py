"""The bare baseline of fanout.py: an ASGI application that says the time to every socket, in its slices of the clock.

Served by uvicorn with the studio's own settings. BENCH_SLICE_S: length of a slice; BENCH_SLICE: in which one it speaks.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any

from tests.bench.tools import STAMP_EVERY_S, slice_of

Send = Callable[[dict[str, Any]], Awaitable[None]]

_open: set[Send] = set()
_ticker: list[asyncio.Task[None]] = []


async def _speak() -> None:
    seconds, mine = float(os.environ["BENCH_SLICE_S"]), int(os.environ["BENCH_SLICE"])
    while True:
        if slice_of(time.time(), seconds) == mine:
            message = {"type": "websocket.send", "text": f"<{time.time_ns()}>"}
            for send in list(_open):
                await send(message)
        await asyncio.sleep(STAMP_EVERY_S)


async def app(scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Send) -> None:
    if scope["type"] != "websocket":
        return
    if not _ticker:
        _ticker.append(asyncio.create_task(_speak()))
    await receive()
    await send({"type": "websocket.accept"})
    _open.add(send)
    try:
        while (await receive())["type"] != "websocket.disconnect":
            pass
    finally:
        _open.discard(send)

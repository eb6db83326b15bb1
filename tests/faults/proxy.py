"""A TCP proxy of our own before the studio's Redis and PostgreSQL, which can be slow, cut or silent."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any


class Proxy:
    """Listens on a port of 127.0.0.1 and passes on to another, or to a socket in the file system. `mode` holds for old and new connections alike.

    open: passes on · slow: each piece waits `delay` seconds · hole: takes connections and bytes, passes on nothing ·
    cut: open connections are reset and new ones closed at once.
    """

    def __init__(self, target: int | Path) -> None:
        self.target = target
        self.mode, self.delay = "open", 0.0
        self.port = 0
        self._through = asyncio.Event()  # clear: a hole
        self._through.set()
        self._pairs: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True).start()
        self._call(self._listen())

    def _call(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _listen(self) -> None:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]

    def set(self, mode: str, delay: float = 0.0) -> None:
        self.mode, self.delay = mode, delay
        self._loop.call_soon_threadsafe(self._through.clear if mode == "hole" else self._through.set)
        if mode == "cut":
            self._call(self._cut())

    def close(self) -> None:
        self.set("cut")
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _cut(self) -> None:
        for writer in list(self._pairs):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mode == "cut":
            writer.transport.abort()
            return
        try:
            if isinstance(self.target, Path):
                there, back = await asyncio.open_unix_connection(str(self.target))
            else:
                there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self._pairs |= {writer, back}
        try:
            await asyncio.gather(self._pass(reader, back), self._pass(there, writer))
        finally:
            self._pairs -= {writer, back}

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(65536):
                if self.mode == "slow":
                    await asyncio.sleep(self.delay)
                await self._through.wait()
                writer.write(piece)
                await writer.drain()
        writer.close()

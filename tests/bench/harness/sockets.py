"""Many websockets of one process that only listen, at so little cost that the server is what is measured.

A hand-made client (RFC 6455): it opens, notes when each text message came, answers pings, and can stop reading.
"""

from __future__ import annotations

import asyncio
import base64
import os
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
SMALL_BUFFER = 4096  # bytes that the kernel holds for a client that does not read


class Listener(asyncio.Protocol):
    """One socket. heard: (time of the clock when it came, message) of each text message."""

    def __init__(self, path: str, headers: Mapping[str, str]) -> None:
        self.heard: list[tuple[float, bytes]] = []
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._head = {
            **headers,
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
        }
        self._path = path
        self._buffer = bytearray()
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {self._path} HTTP/1.1", f"Sec-WebSocket-Key: {key}"]
        lines += [f"{name}: {value}" for name, value in self._head.items()]
        transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    def data_received(self, data: bytes) -> None:
        now = time.time()
        self._buffer += data
        if not self.opened.done():
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                self.opened.set_exception(RuntimeError(f"the socket was refused: {bytes(head[:200])!r}"))
                return
            self._buffer = rest
            self.opened.set_result(None)
        while (frame := self._frame()) is not None:
            kind, payload = frame
            if kind == TEXT:
                self.heard.append((now, payload))
            elif kind == PING:
                self._answer(payload)

    def _frame(self) -> tuple[int, bytes] | None:
        """The next whole frame (kind, payload); servers do not mask theirs, and ours do not split messages."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        length, at = buffer[1] & 0x7F, 2
        if length >= 126:
            at = 4 if length == 126 else 10
            length = int.from_bytes(buffer[2:at], "big")
        if len(buffer) < at + length:
            return None
        kind, payload = buffer[0] & 0x0F, bytes(buffer[at : at + length])
        del buffer[: at + length]
        return kind, payload

    def _answer(self, payload: bytes) -> None:
        """A pong; the mask of zeros leaves the payload as it is."""
        self.transport.write(bytes([0x80 | PONG, 0x80 | len(payload), 0, 0, 0, 0]) + payload)

    def stop_reading(self) -> None:
        """From now on nothing is taken from the kernel."""
        self.transport.pause_reading()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(RuntimeError(f"the socket closed before it opened: {error}"))


async def listen(url: str, path: str, headers: Mapping[str, str], *, reads: bool = True) -> Listener:
    """An open socket of the server at `url` (http://…); without `reads` it stops after the handshake."""
    import socket

    place = urlsplit(url)
    plain = socket.socket()
    if not reads:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    plain.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(plain, (place.hostname, place.port))
    _transport, listener = await loop.create_connection(
        lambda: Listener(path, {"Host": place.netloc, **headers}), sock=plain
    )
    await asyncio.wait_for(listener.opened, 30)
    if not reads:
        listener.stop_reading()
    return listener


async def listen_many(url: str, path: str, headers: Mapping[str, str], count: int) -> list[Listener]:
    """`count` of them, twenty at a time."""
    made: list[Listener] = []
    while len(made) < count:
        some = min(20, count - len(made))
        made += await asyncio.gather(*(listen(url, path, headers) for _ in range(some)))
    return made

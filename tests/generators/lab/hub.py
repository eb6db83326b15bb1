"""A model hub on this machine, for tests: a real HTTP server with ranges, which can break off in mid-file."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COMMIT = "c0ffee" * 6 + "abcd"


class Hub:
    """files: path in the repository → bytes. asked: (path, Range header) of each request. break_after: bytes."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.asked: list[tuple[str, str | None]] = []
        self.break_after: int | None = None
        self.url = ""

    def answer(self, path: str) -> Any:
        """The hub's JSON for an address of its API, or None."""
        if "/revision/" in path:
            return {"sha": COMMIT}
        if "/tree/" in path:
            return [
                {"type": "file", "path": name, "size": len(data)}
                | (
                    {"lfs": {"oid": hashlib.sha256(data).hexdigest()}}
                    if name.endswith(".safetensors")
                    else {}
                )
                for name, data in self.files.items()
            ]
        return None


@contextmanager
def serving(files: dict[str, bytes]) -> Iterator[Hub]:
    """A hub while the block lasts."""
    hub = Hub(files)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            hub.asked.append((path, self.headers.get("Range")))
            told = hub.answer(path)
            data = json.dumps(told).encode() if told is not None else self._file(path)
            if data is None:
                self.send_error(404)
                return
            start = 0
            given = self.headers.get("Range")
            if given:
                start = int(given.removeprefix("bytes=").rstrip("-"))
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            else:
                self.send_response(200)
            body = data[start:]
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if hub.break_after is not None and told is None:
                body, hub.break_after = body[: hub.break_after], None
            self.wfile.write(body)

        def _file(self, path: str) -> bytes | None:
            return hub.files.get(path.partition("/resolve/")[2].partition("/")[2])

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

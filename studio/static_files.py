"""Static files, answered before Django: a page asks for a dozen of them at once, and none needs a thread, a session or
the database. WhiteNoise finds them and answers conditional and partial requests; the headers are the middleware's own.
"""

from __future__ import annotations

import time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware

from studio.body_limit import App, Receive, Send
from studio.metrics import count_request
from studio.middleware import SecurityHeaders

ASKED = {
    b"if-none-match": "HTTP_IF_NONE_MATCH",
    b"if-modified-since": "HTTP_IF_MODIFIED_SINCE",
    b"range": "HTTP_RANGE",
    b"accept-encoding": "HTTP_ACCEPT_ENCODING",
}
"""What of a request WhiteNoise looks at, and under which names."""


class StaticFiles:
    """An ASGI application that answers for files under STATIC_URL; whatever else is asked for goes on to `app`."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._kept = WhiteNoiseMiddleware()
        self._headers = _headers_of_every_answer()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        found = self._found(scope["path"]) if scope["type"] == "http" else None
        if found is None:
            await self.app(scope, receive, send)
            return
        began = time.monotonic()
        asked = {ASKED[name]: value.decode("latin-1") for name, value in scope["headers"] if name in ASKED}
        answer = found.get_response(scope["method"], asked)
        body = b""
        if answer.file is not None:
            with answer.file:
                body = answer.file.read()  # a few kilobytes that the system has in memory
        headers = [(name.lower().encode(), str(value).encode("latin-1")) for name, value in answer.headers]
        await send(
            {
                "type": "http.response.start",
                "status": int(answer.status),
                "headers": [*headers, *self._headers],
            }
        )
        await send({"type": "http.response.body", "body": body})
        count_request(scope["method"], int(answer.status), time.monotonic() - began)

    def _found(self, path: str) -> Any:
        if not path.startswith(self._kept.static_prefix):
            return None
        return self._kept.find_file(path) if self._kept.autorefresh else self._kept.files.get(path)


def _headers_of_every_answer() -> list[tuple[bytes, bytes]]:
    """What the security middleware would say, asked once."""
    request = HttpRequest()
    request.META["HTTP_X_FORWARDED_PROTO"] = "https"  # believed only where a proxy is expected
    response = HttpResponse()
    del response.headers["Content-Type"]
    SecurityMiddleware(lambda _: response).process_response(request, response)
    SecurityHeaders(lambda _: response).after(request, response)
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in response.headers.items()]

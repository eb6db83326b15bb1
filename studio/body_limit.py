"""Refuses bodies that are too large before they are read: Django writes all of a body to the disk first."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

ANONYMOUS = 16 << 20
"""Bytes for a request that shows neither a cookie nor a token."""
AROUND = 1 << 20
"""Bytes of a form around its file."""


class BodyLimit:
    """An ASGI app that answers 413 where Content-Length, or what comes without one, goes beyond the limit."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        known = b"authorization" in headers or b"cookie" in headers
        limit = settings.UPLOAD_LIMIT + AROUND if known else ANONYMOUS
        declared = headers.get(b"content-length", b"")
        if declared.isdigit() and int(declared) > limit:
            await _refuse(send, limit)
            return
        come, over, answered = 0, False, False

        async def counted() -> Message:
            nonlocal come, over
            message = await receive()
            come += len(message.get("body", b""))
            if come > limit:
                over = True
                return {"type": "http.disconnect"}  # the app gives up on this request
            return message

        async def noted(message: Message) -> None:
            nonlocal answered
            answered = answered or message["type"] == "http.response.start"
            await send(message)

        await self.app(scope, counted, noted)
        if over and not answered:
            await _refuse(send, limit)


async def _refuse(send: Send, limit: int) -> None:
    problem = {
        "type": "/problems/too-large",
        "title": "Too large",
        "status": 413,
        "detail": _("A request like this has at most %(mb)d MB.") % {"mb": limit >> 20},
    }
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(problem).encode()})

"""Bodies that are too large are refused before they are written anywhere."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from studio import body_limit
from studio.body_limit import BodyLimit, Message, Receive, Send


async def reads_all(scope: Any, receive: Receive, send: Send) -> None:
    """As Django does: reads the whole body, then answers; gives up when the client is gone."""
    more, size = True, 0
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message["body"])
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


async def ask(pieces: list[bytes], **headers: str) -> tuple[int, bytes, int]:
    """(status, body, pieces that were read)."""
    sent: list[Message] = []
    read = 0

    async def receive() -> Message:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": pieces[read - 1], "more_body": read < len(pieces)}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
    }
    await BodyLimit(reads_all)(scope, receive, send)
    return sent[0]["status"], sent[1]["body"], read


@pytest.fixture(autouse=True)
def small(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.UPLOAD_LIMIT = 100
    monkeypatch.setattr(body_limit, "AROUND", 10)
    monkeypatch.setattr(body_limit, "ANONYMOUS", 20)


async def test_it_works() -> None:
    assert await ask([b"x" * 10, b"x" * 10]) == (200, b"20", 2)
    assert await ask([b"x" * 110], authorization="Bearer x", content_length="110") == (200, b"110", 1)


async def test_what_is_declared_too_large_is_not_read() -> None:
    status, body, read = await ask([b"x" * 21], content_length="21")
    assert (status, json.loads(body)["type"], read) == (413, "/problems/too-large", 0)
    assert (await ask([b"x"], cookie="a=b", content_length="111"))[0] == 413


async def test_what_says_nothing_is_counted() -> None:
    status, _body, read = await ask([b"x" * 15] * 10)
    assert (status, read) == (413, 2)

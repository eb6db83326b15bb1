"""Reading a feed over plain HTTP: long poll and server-sent events. Which feed, and who may, the routes say."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse

from studio.feeds.hub import hub
from studio.feeds.read import Entry

LONGEST_WAIT_S = 30.0
HEARTBEAT_S = 15.0
RECONNECT_MS = 1000


def let_go() -> None:
    """Close this thread's database connection: a stream holds none while it waits."""
    if not connection.in_atomic_block:
        connection.close()


def start_after(request: HttpRequest, after: int) -> int:
    """The cursor of a stream: the Last-Event-ID of a reader that comes back goes before `after`."""
    seen = request.headers.get("Last-Event-ID", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else after


async def wait_for(feed: str, after: int, seconds: float) -> list[Entry]:
    """Events after `after`, at once or within `seconds` (at most 30); empty where none came."""
    return await hub().wait(feed, after, min(seconds, LONGEST_WAIT_S))


def _message(event: Entry) -> bytes:
    return f"id: {event['n']}\ndata: {event.text}\n\n".encode()


async def folded(snapshot: dict[str, Any], n: int) -> AsyncIterator[bytes]:
    """The stream of a feed whose events are no longer kept: one event `snapshot`, with the number of the last of them
    as id, so that a reader who comes back asks after it."""
    yield f"id: {n}\nevent: snapshot\ndata: {json.dumps(snapshot)}\n\n".encode()


def _preview(payload: bytes, url: str, count: int) -> bytes:
    """A preview has no id, so a reader that comes back asks after the last stored event."""
    header = json.loads(payload[4 : 4 + int.from_bytes(payload[:4], "big")])
    data = json.dumps({**header, "url": f"{url}?v={count}"})
    return f"event: preview\ndata: {data}\n\n".encode()


async def events_of(
    feed: str,
    after: int,
    *,
    preview_url: str,
    whose: str,
    still_allowed: Callable[[], Awaitable[bool]],
) -> AsyncIterator[bytes]:
    """A job's feed as server-sent events, until its final event, or until the reader may no longer read it.

    whose: the reader's id; what changes their rights makes `still_allowed` be asked at once, else every 20 s.

    A comment goes out every 15 s without news, so that proxies keep the connection and a reader that is gone is noticed.
    """
    job = feed.partition(":")[2]
    yield f"retry: {RECONNECT_MS}\n\n".encode()
    async with hub().watching(feed):
        count = 0
        news = asyncio.ensure_future(hub().after(feed, after, HEARTBEAT_S))
        frame = asyncio.ensure_future(hub().preview_after(job, count))
        rights = asyncio.ensure_future(hub().rights_may_have_changed(whose))
        try:
            while True:
                waiting = {news, frame, rights}
                done, _pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                if rights in done:
                    rights = asyncio.ensure_future(hub().rights_may_have_changed(whose))
                    if not await still_allowed():
                        return
                if frame in done:
                    count, payload = frame.result()
                    yield _preview(payload, preview_url, count)
                    frame = asyncio.ensure_future(hub().preview_after(job, count))
                if news not in done:
                    continue
                events = news.result()
                for event in events:
                    after = event["n"]
                    yield _message(event)
                    if event["kind"] == "state" and event.get("final"):
                        return
                if not events:
                    yield b": still here\n\n"
                news = asyncio.ensure_future(hub().after(feed, after, HEARTBEAT_S))
        finally:
            for task in (news, frame, rights):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(news, frame, rights, return_exceptions=True)


async def stream(messages: AsyncIterator[bytes]) -> StreamingHttpResponse:
    """The response that sends these server-sent events."""
    await sync_to_async(let_go)()
    response = StreamingHttpResponse(messages, content_type="text/event-stream; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response

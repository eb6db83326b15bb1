"""One hub per web process: reads what is new once, and wakes whoever waits for it.

A reader holds a cursor, never a queue, so a slow one costs nobody: it asks `after(feed, n)`, sends, asks again. The
hub listens to the announcements over Redis; where Redis is away it asks the database once a second, in one query for
all watched feeds. The database is read on one thread of the hub's own.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import redis.asyncio as aioredis
from django.conf import settings
from django.db import close_old_connections
from django.db.models import Max
from redis.exceptions import RedisError

from studio.feeds import read
from studio.feeds.announce import CHANNEL, HERE, NOTICES, PREVIEWS, RIGHTS, preview_payload
from studio.feeds.models import Event
from studio.feeds.presence import Presence

log = logging.getLogger(__name__)
T = TypeVar("T")

KEPT = 512  # newest events of a watched feed kept in memory
POLL_S = 1.0
RECHECK_S = 20.0  # how often rights are asked again though nobody said that they changed …
RECHECK_DEAF_S = 4.0  # … and while Redis, which would say so, is away


class _Watched:
    """A feed that somebody reads: its newest events, and the signal that there are more."""

    def __init__(self) -> None:
        self.readers = 0
        self.last = -1  # number of the newest event read; -1: nothing read yet
        self.kept: deque[read.Entry] = deque(maxlen=KEPT)
        self.more = asyncio.Event()
        self.preview: bytes | None = None
        self.preview_count = 0
        self.frame = asyncio.Event()

    def wake(self) -> None:
        """Wake all who wait for events now; who comes later waits on a new signal."""
        self.more.set()
        self.more = asyncio.Event()

    def show(self, preview: bytes) -> None:
        """Keep a preview and wake who waits for one."""
        self.preview, self.preview_count = preview, self.preview_count + 1
        self.frame.set()
        self.frame = asyncio.Event()


class Hub:
    """See the module. Belongs to one event loop."""

    def __init__(self) -> None:
        self._feeds: dict[str, _Watched] = {}
        self._dirty: set[str] = set()
        self._new = asyncio.Event()
        self._hears = False
        self.rights_heard = 0
        self._rights: dict[
            str, asyncio.Event
        ] = {}  # by person: set when their rights change, then left behind
        self._notices: dict[str, asyncio.Event] = {}  # the same for their notices
        self.presence = Presence()
        self._database = ThreadPoolExecutor(1, thread_name_prefix="hub")
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._pump())]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.presence.close()
        self._database.shutdown(wait=False)

    async def _on_thread(self, call: Callable[[], T]) -> T:
        def run() -> T:
            close_old_connections()
            return call()

        return await asyncio.get_running_loop().run_in_executor(self._database, run)

    @contextlib.asynccontextmanager
    async def watching(self, feed: str) -> AsyncIterator[None]:
        """Keep a feed watched while its reader is here."""
        watched = self._feeds.get(feed)
        if watched is None:
            watched = self._feeds[feed] = _Watched()
        watched.readers += 1
        try:
            yield
        finally:
            watched.readers -= 1
            if watched.readers == 0 and self._feeds.get(feed) is watched:
                del self._feeds[feed]

    async def after(self, feed: str, n: int, seconds: float) -> list[read.Entry]:
        """Events n+1 … of a watched feed as soon as there are any; empty after `seconds` without."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while True:
            watched = self._feeds[feed]
            if watched.last < 0 or n < watched.last:
                found = self._from_memory(watched, n)
                if found is None:
                    found = await self._on_thread(lambda: read.after(feed, n))
                    self._keep(watched, found)
                    if len(found) >= read.PAGE:
                        self._dirty.add(feed)  # there may be more than one page
                        self._new.set()
                if found:
                    return found
            left = deadline - loop.time()
            if left <= 0:
                return []
            signal = watched.more
            if watched.last > n:
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):  # wait_for would make a task for each reader and event
                    await signal.wait()

    async def wait(self, feed: str, after: int, seconds: float) -> list[read.Entry]:
        """`after` for a reader that comes for one answer (long poll)."""
        async with self.watching(feed):
            return await self.after(feed, after, seconds)

    async def preview_after(self, job_id: str, count: int) -> tuple[int, bytes]:
        """(counter, payload) of a preview newer than `count` of a watched job; waits until there is one."""
        feed = f"job:{job_id}"
        while True:
            watched = self._feeds[feed]
            if watched.preview is not None and watched.preview_count > count:
                return watched.preview_count, watched.preview
            await watched.frame.wait()

    async def rights_may_have_changed(self, user: str) -> None:
        """Returns when this person's rights have to be asked again: at once when they change, else from time to time.

        Wait for the next change first, then ask about this one: so none falls between.
        """
        changed = self._rights.setdefault(user, asyncio.Event())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(changed.wait(), RECHECK_S if self._hears else RECHECK_DEAF_S)

    def next_notice(self, user: str) -> asyncio.Event:
        """Is set when this person is told something, or has read it. Take the next one before acting on one."""
        return self._notices.setdefault(user, asyncio.Event())

    def _ask_again(self, user: str | None = None) -> None:
        """Wake who waits for this person's rights; None: for anybody's."""
        self.rights_heard += 1
        for name in list(self._rights) if user is None else [user]:
            changed = self._rights.pop(name, None)
            if changed is not None:
                changed.set()

    @staticmethod
    def _from_memory(watched: _Watched, n: int) -> list[read.Entry] | None:
        """The events after n if memory holds them without a gap, else None. Readers who keep up look at the end only."""
        if not watched.kept or watched.kept[0]["n"] > n + 1:
            return None
        return [watched.kept[at] for at in range(-min(watched.last - n, len(watched.kept)), 0)]

    @staticmethod
    def _keep(watched: _Watched, events: list[read.Entry]) -> None:
        for event in events:
            if watched.kept and event["n"] != watched.last + 1:
                if event["n"] <= watched.last:
                    continue
                watched.kept.clear()
            watched.kept.append(event)
            watched.last = event["n"]
        if watched.last < 0:
            watched.last = 0

    async def _listen(self) -> None:
        """Hear the announcements; come back whenever Redis does."""
        while True:
            try:
                async with (
                    aioredis.Redis.from_url(settings.REDIS_URL, socket_timeout=None) as client,
                    client.pubsub(ignore_subscribe_messages=True) as pubsub,
                ):
                    await pubsub.subscribe(CHANNEL, PREVIEWS, RIGHTS, NOTICES, HERE)
                    self._hears = True
                    self._ask_again()  # what was said before, nobody heard
                    async for message in pubsub.listen():
                        await self._heard(client, message)
            except (RedisError, OSError) as error:
                if self._hears:
                    self._hears = False
                    self._ask_again()  # they waited long, trusting that it would be said
                log.debug("hub: Redis is away (%s)", error)
                await asyncio.sleep(POLL_S)

    async def _heard(self, client: aioredis.Redis, message: dict[str, Any]) -> None:
        text = message["data"].decode()
        if message["channel"] == CHANNEL.encode():
            feed, _, n = text.rpartition(" ")
            watched = self._feeds.get(feed)
            if watched is not None and int(n) > watched.last:
                self._dirty.add(feed)
                self._new.set()
            return
        if message["channel"] == RIGHTS.encode():
            self._ask_again(text)
            return
        if message["channel"] == NOTICES.encode():
            told = self._notices.pop(text, None)
            if told is not None:
                told.set()
            return
        if message["channel"] == HERE.encode():
            self.presence.heard(text)
            return
        watched = self._feeds.get(f"job:{text}")
        if watched is not None:
            payload = await client.get(preview_payload(text))
            if isinstance(payload, bytes):
                watched.show(payload)

    async def _pump(self) -> None:
        """Read what was announced; once a second, look whether an announcement was lost."""
        loop = asyncio.get_running_loop()
        look_at = loop.time() + POLL_S
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._new.wait(), max(0.01, look_at - loop.time()))
            self._new.clear()
            feeds, self._dirty = self._dirty, set()
            try:
                if loop.time() >= look_at:
                    look_at = loop.time() + POLL_S
                    feeds |= await self._behind()
                for feed in feeds:
                    await self._read(feed)
            except Exception:
                log.exception("hub: reading events failed; again in a second")
                await asyncio.sleep(POLL_S)

    async def _behind(self) -> set[str]:
        """Watched feeds of which the database has more than we do: one query for all."""
        watched = {feed: w.last for feed, w in self._feeds.items() if w.last >= 0}
        if not watched:
            return set()

        def newest() -> list[tuple[str, int]]:
            rows = Event.objects.filter(feed__in=list(watched)).values_list("feed").annotate(top=Max("n"))
            return list(rows)

        return {feed for feed, top in await self._on_thread(newest) if top > watched[feed]}

    async def _read(self, feed: str) -> None:
        watched = self._feeds.get(feed)
        if watched is None or watched.last < 0:
            return
        last = watched.last
        events = await self._on_thread(lambda: read.after(feed, last))
        if events:
            self._keep(watched, events)
            watched.wake()
        if len(events) >= read.PAGE:
            self._dirty.add(feed)
            self._new.set()


_hub: Hub | None = None
_loop: asyncio.AbstractEventLoop | None = None


def hub() -> Hub:
    """This process's hub; made on first use, on the running loop."""
    global _hub, _loop
    loop = asyncio.get_running_loop()
    if _hub is None or _loop is not loop:
        _hub, _loop = Hub(), loop
    return _hub

"""Who is here: whose pages are open now, and at which place of a team (an asset, a review).

It is fleeting, so it stands in Redis alone: a sorted set a team, whose scores say until when each seat counts. Each web
process renews its own seats and reads the set at most once a second, whatever comes and goes; a socket is written to
only where what it would show has changed. Whoever closes a page is gone within eight seconds, a process that died
within half a minute; whose pages all lie behind others is gone as soon as the browser says so. Where Redis is away,
nobody is shown.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
import uuid
from typing import Any

import redis.asyncio as aioredis
from django.conf import settings
from redis.exceptions import RedisError

from studio.feeds.announce import HERE

log = logging.getLogger(__name__)

LIFE_S = 25.0  # how long a seat counts that nobody renews
RENEW_S = 10.0
LOOK_S = 5.0  # how often a set is read though nobody came
PAUSE_S = 1.0  # between two rounds
GRACE_S = 3.0  # who goes to another page is not gone in between
SHOWN = 12

Who = tuple[str, str]  # id and name
Seated = tuple[str, str, str]  # id, name, place


class Seat:
    """An open page of somebody. `hidden`: they see who is here and are not shown themselves. `away`: nobody looks at it."""

    def __init__(self, team: str, who: Who, place: str, hidden: bool) -> None:
        self.team, self.who, self.place, self.hidden = team, who, place, hidden
        self.away = False
        self.told = ""  # what was sent last
        self.changed = asyncio.Event()

    @property
    def shown(self) -> bool:
        return not (self.hidden or self.away)

    def member(self, process: str) -> str:
        return json.dumps([*self.who, self.place, process])


class _Room:
    """A team with open pages in this process."""

    def __init__(self) -> None:
        self.seats: set[Seat] = set()
        self.seen: set[Seated] = set()
        self.written: set[str] = set()  # members of ours that stand in Redis
        self.renewed = 0.0
        self.read = 0.0
        self.dirty = True


class Presence:
    """One for a web process; belongs to its event loop."""

    def __init__(self) -> None:
        self._process = uuid.uuid4().hex[:8]
        self._rooms: dict[str, _Room] = {}
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def sit(self, team: str, who: Who, place: str, hidden: bool) -> Seat:
        seat = Seat(team, who, place, hidden)
        self._rooms.setdefault(team, _Room()).seats.add(seat)
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        self.touch(seat)
        return seat

    def touch(self, seat: Seat) -> None:
        """Something about the seat is different now."""
        self.heard(seat.team)

    def leave(self, seat: Seat) -> None:
        room = self._rooms.get(seat.team)
        if room is not None:
            room.seats.discard(seat)
            self.touch(seat)

    def heard(self, team: str) -> None:
        """Another process says that somebody came."""
        room = self._rooms.get(team)
        if room is not None:
            room.dirty = True
            self._wake.set()

    async def close(self) -> None:
        while self._task is not None and not self._task.done():
            self._task.cancel()  # may be lost where Redis answers at that moment: asyncio.wait_for of Python 3.11
            await asyncio.wait([self._task], timeout=1)

    async def _run(self) -> None:
        async with aioredis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=1.0
        ) as client:
            while True:
                try:
                    async with asyncio.timeout(LOOK_S):
                        await self._wake.wait()
                except TimeoutError:
                    pass
                self._wake.clear()
                try:
                    await self._round(client)
                except (RedisError, OSError) as error:
                    log.debug("presence: Redis is away (%s)", error)
                    for room in self._rooms.values():
                        room.renewed, room.dirty = 0.0, True
                        self._tell(room, set())
                await asyncio.sleep(PAUSE_S)

    async def _round(self, client: aioredis.Redis) -> None:
        """Write what is new of ours, then read what is due; one trip to Redis each."""
        now = time.time()
        pipe = client.pipeline(transaction=False)
        for team, room in list(self._rooms.items()):
            self._write(pipe, team, room, now)
        if pipe.command_stack:
            await pipe.execute()
        due = [
            (team, room)
            for team, room in self._rooms.items()
            if room.seats and (room.dirty or now - room.read >= LOOK_S)
        ]
        if due:
            pipe = client.pipeline(transaction=False)
            for team, _room in due:
                pipe.zrangebyscore(_key(team), now, "+inf", start=0, num=1000)
            for (_team, room), members in zip(due, await pipe.execute(), strict=True):
                room.dirty, room.read = False, now
                self._tell(room, {_seated(member) for member in members})
        for team in [team for team, room in self._rooms.items() if not room.seats and not room.written]:
            del self._rooms[team]

    def _write(self, pipe: Any, team: str, room: _Room, now: float) -> None:
        """Renew ours where it is time or something has changed; who is gone counts for a moment longer."""
        mine = {seat.member(self._process) for seat in room.seats if seat.shown}
        gone, new = room.written - mine, mine - room.written
        hidden = {seat.member(self._process) for seat in room.seats if not seat.shown}
        for member in gone:
            if member in hidden:
                pipe.zrem(_key(team), member)
            else:
                pipe.zadd(_key(team), {member: now + GRACE_S}, xx=True)
        if mine and (new or now - room.renewed >= RENEW_S):
            pipe.zremrangebyscore(_key(team), "-inf", now)
            pipe.zadd(_key(team), dict.fromkeys(mine, now + LIFE_S))
            pipe.expire(_key(team), int(LIFE_S * 2))
            room.renewed = now
        if new or gone & hidden:
            pipe.publish(HERE, team)
            room.dirty = True
        room.written = mine

    @staticmethod
    def _tell(room: _Room, seen: set[Seated]) -> None:
        room.seen = seen
        told: dict[tuple[str, str], str] = {}
        for seat in room.seats:
            whose = (seat.who[0], seat.place)
            text = told.get(whose) or told.setdefault(whose, _text(seen, *whose))
            if (
                text != seat.told
            ):  # the first time in any case: a page shows what the last one knew until it hears
                seat.told = text
                seat.changed.set()


def _text(seen: set[Seated], me: str, place: str) -> str:
    """What a page shows: the others, those first who are at the same place."""
    others: dict[str, tuple[bool, str]] = {}
    for id, name, where in seen:
        if id != me:
            elsewhere = not (place and where == place) and others.get(id, (True,))[0]
            others[id] = (elsewhere, name)
    people = [
        {"id": id, "name": name, "beside": not elsewhere}
        for id, (elsewhere, name) in sorted(others.items(), key=lambda each: (*each[1], each[0]))
    ]
    return json.dumps({"here": people[:SHOWN], "n": len(people)})


def _seated(member: bytes) -> Seated:
    id, name, place, _process = json.loads(member)
    return id, name, place


def _key(team: str) -> str:
    return f"studio:here:{team}"

"""Feeds over websockets: events after n as JSON messages, previews as binary frames."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http.request import split_domain_port, validate_host
from django.utils.crypto import constant_time_compare

from studio.feeds import read
from studio.feeds.actions import team_feed
from studio.feeds.hub import hub
from studio.feeds.presence import Seat
from studio.teams.actions import find_token
from studio.teams.models import UNSEEN, Team, User, as_uuid, key_of
from studio.teams.rights import Actor, can
from studio.teams.second_step import WAY
from studio.teams.throttle import TooMany, wrong_secret_from

log = logging.getLogger(__name__)

REFUSED = 4404  # not there and not yours are refused alike
AGAIN = 4401  # the session has ended or was renewed: a page comes back with the cookie that it has now
GONE = 4403  # rights ended while the socket was open
PLACE = re.compile(r"(asset|review|canvas|board):[0-9a-f-]{36}")


class FeedConsumer(AsyncWebsocketConsumer):
    """A socket on one feed. A subclass says which feed, and whether this actor may read it.

    ?after=n: events from n+1; without it from the first (a job) or from now on (a team). &notices=1: also {notices: true}
    whenever those of the one who listens have changed, which is no event of the feed and nobody else's to know.
    """

    previews = False
    from_start = True
    whose = ""  # id of the person, as long as they are somebody
    way = ""  # how they came in
    newest = 0  # number of the feed's last event, kept or not; `feed_for` sets it

    def feed_for(self, actor: Actor) -> str | None:
        """The feed's name, or None where it is not there or not theirs. Runs on a database thread."""
        return None

    def still_here(self) -> None:
        """Their rights were asked again, and they still may read it."""

    def wanted(self, event: dict[str, Any]) -> bool:
        """Whether this socket passes an event on."""
        return True

    async def connect(self) -> None:
        self.work: list[asyncio.Task[None]] = []
        self.feed = ""
        heard = hub().rights_heard
        feed = await self._feed()
        if feed is None:
            await self.close(REFUSED)
            return
        self.feed = feed
        await self.accept()
        after = await database_sync_to_async(self._start)()
        if after is None:
            await self.send(json.dumps({"reset": True}))
            after = await database_sync_to_async(read.last)(feed)
        self.work = [asyncio.create_task(self._events(after)), asyncio.create_task(self._recheck(heard))]
        if self.previews:
            self.work.append(asyncio.create_task(self._previews()))
        if "notices" in parse_qs(self.scope["query_string"].decode("latin-1")):
            self.work.append(asyncio.create_task(self._notices()))

    async def disconnect(self, code: int) -> None:
        for task in getattr(self, "work", []):
            task.cancel()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Clients say nothing here; what they send is dropped."""

    def _start(self) -> int | None:
        """The cursor to begin after; None where what follows it is no longer kept."""
        query = parse_qs(self.scope["query_string"].decode("latin-1"))
        raw = query.get("after", [""])[0]
        said = raw.isascii() and raw.isdigit() and len(raw) < 19
        if not said and not self.from_start:
            return read.last(self.feed)
        after = int(raw) if said else 0
        oldest = read.oldest(self.feed)
        gone = oldest - 1 if oldest is not None else self.newest
        return after if after >= gone else None

    async def _feed(self) -> str | None:
        """The feed, if the one who connects is somebody and may read it."""

        @database_sync_to_async
        def find() -> str | None:
            actor = self._actor()
            self.whose = str(actor.user.pk) if actor is not None else ""
            return self.feed_for(actor) if actor is not None else None

        return await find()

    def _actor(self) -> Actor | None:
        headers = dict(self.scope["headers"])
        host, _port = split_domain_port(headers.get(b"host", b"").decode("latin-1").lower())
        if not validate_host(host, settings.ALLOWED_HOSTS):
            return None
        bearer = headers.get(b"authorization", b"").decode("latin-1")
        if bearer.lower().startswith("bearer "):
            token = find_token(bearer[7:].strip())
            if token is None:
                with contextlib.suppress(TooMany):  # refused in either case
                    wrong_secret_from("token", str((self.scope.get("client") or [""])[0]))
            return Actor.of(token.user, token) if token is not None else None
        if not self._same_origin(headers):
            return None
        user = self._session_user()
        return Actor.of(user, way=self.way) if user is not None else None

    def _session_user(self) -> User | None:
        """Who is signed in now by the cookie that came with the handshake: the session is read anew each time, so one
        that was signed out, or renewed with a new password, opens nothing."""
        store = import_module(settings.SESSION_ENGINE).SessionStore
        session = store(self.scope["session"].session_key)
        key = as_uuid(str(session.get(SESSION_KEY, "")))
        user = User.objects.filter(pk=key, is_active=True).first() if key else None
        if user is None or not constant_time_compare(
            str(session.get(HASH_SESSION_KEY, "")), user.get_session_auth_hash()
        ):
            return None
        self.way = str(session.get(WAY, ""))
        return user

    @staticmethod
    def _same_origin(headers: dict[bytes, bytes]) -> bool:
        """Cookies count only from our own pages: the Origin's host is this host, or one of ALLOWED_HOSTS."""
        origin = urlsplit(headers.get(b"origin", b"").decode("latin-1"))
        host = headers.get(b"host", b"").decode("latin-1")
        if not origin.netloc:
            return False
        if settings.PUBLIC_URL:
            return f"{origin.scheme}://{origin.netloc}" == settings.PUBLIC_URL.rstrip("/")
        return origin.netloc == host and validate_host(origin.hostname or "", settings.ALLOWED_HOSTS)

    async def _events(self, after: int) -> None:
        async with hub().watching(self.feed):
            while True:
                for event in await hub().after(self.feed, after, 30.0):
                    after = event["n"]
                    if self.wanted(event):
                        await self.send(event.text)
                    if self.previews and event["kind"] == "state" and event.get("final"):
                        await self.close(1000)
                        return

    async def _previews(self) -> None:
        count = 0
        job = self.feed.partition(":")[2]
        async with hub().watching(self.feed):
            while True:
                count, payload = await hub().preview_after(job, count)
                await self.send(bytes_data=payload)

    async def _notices(self) -> None:
        told = hub().next_notice(self.whose)
        while True:
            await told.wait()
            told = hub().next_notice(self.whose)
            await self.send('{"notices": true}')

    async def _recheck(self, heard: int) -> None:
        """Rights that end, end open sockets too: at once where it was announced. `heard`: see Hub, before we asked."""
        whose = self.whose

        def change() -> asyncio.Future[None]:
            return asyncio.ensure_future(hub().rights_may_have_changed(whose))

        next_change = change()
        try:
            if hub().rights_heard == heard:
                await next_change
            while True:
                next_change.cancel()
                next_change = change()  # waited for before we ask, so that none falls between
                with contextlib.suppress(Exception):  # the database is busy: asked again
                    if await self._feed() is None:
                        await self.close(GONE if self.whose else AGAIN)
                        return
                    self.still_here()
                await next_change
        finally:
            next_change.cancel()


class TeamFeedConsumer(FeedConsumer):
    """/ws/team/<id>: job states, assets, reviews and models of a team.

    &here=<place>: the page of somebody who is signed in is shown to the team's others, unless they have said otherwise,
    and hears {here: [{id, name, beside}], n} of those. A place is empty, or a thing such as asset:<id>. It may say "away"
    and "back": whether anybody looks at it. A page that is away is not shown.
    """

    from_start = False
    seat: Seat | None = None
    hidden = False
    name = ""

    def feed_for(self, actor: Actor) -> str | None:
        team = Team.objects.filter(pk=key_of(self.scope["url_route"]["kwargs"]["team"])).first()
        if team is None or not can(actor, "feed.view", team):
            return None
        self.newest = team.feed_n
        self.name = "" if actor.token else actor.user.name or actor.user.email
        self.hidden = bool(actor.user.preferences.get(UNSEEN))
        return team_feed(team.pk)

    async def connect(self) -> None:
        await super().connect()
        query = parse_qs(self.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if not self.feed or not self.name or "here" not in query:
            return
        place = query["here"][0] if PLACE.fullmatch(query["here"][0]) else ""
        self.seat = hub().presence.sit(self.feed, (self.whose, self.name), place, self.hidden)
        self.work.append(asyncio.create_task(self._others(self.seat)))

    async def disconnect(self, code: int) -> None:
        if self.seat is not None:
            hub().presence.leave(self.seat)
        await super().disconnect(code)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """ "away" or "back"; all else is dropped."""
        away = {"away": True, "back": False}.get(text_data or "")
        if self.seat is not None and away is not None and self.seat.away != away:
            self.seat.away = away
            hub().presence.touch(self.seat)

    def still_here(self) -> None:
        if self.seat is not None and self.seat.hidden != self.hidden:
            self.seat.hidden = self.hidden
            hub().presence.touch(self.seat)

    async def _others(self, seat: Seat) -> None:
        while True:
            await seat.changed.wait()
            seat.changed.clear()
            await self.send(seat.told)

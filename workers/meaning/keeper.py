"""The node's part of meaning: it holds the lock, starts the child, hands it what waits, and answers questions.

Two threads: one answers, the other computes. Whichever finds the child gone starts it again, later each time.
"""

from __future__ import annotations

import base64
import json
import logging
import secrets
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections

from studio import env
from studio.gallery import vectors
from studio.gallery.asked import HOLDER, QUESTIONS, answer
from workers.meaning.messages import Add, Ask, Clear, Embed, Row
from workers.meaning.process import MeaningChild
from workers.process import ChildGone

log = logging.getLogger(__name__)

HELD_MS = 10_000
LOOK_S = env.number("STUDIO_MEANING_LOOK_S", 1.0)  # between two looks whether something waits
BATCH = 16
AT_LEISURE_S = 300.0  # for a batch, which steps back behind all else
BACK_OFF_S = (0.0, 1.0, 5.0, 30.0)
STEADY_S = 60.0
COUNT_S = 600.0  # between two looks whether the child still holds what the database has
FORGOTTEN = 0.05  # share of vectors whose assets are gone, from which on all are read anew


class Keeper:
    """start() and stop(). One a worker process; of all that run, one holds the lock."""

    def __init__(self, home: Path, name: str) -> None:
        self._home, self._name = home, f"{name} {secrets.token_hex(4)}"
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._child: MeaningChild | None = None
        self._ready = False
        self._deaths, self._started, self._counted = 0, 0.0, 0.0
        self._holds = False
        self._threads: list[threading.Thread] = []
        self._redis = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=5)

    def start(self) -> None:
        for run in (self._answer_all, self._compute_all):
            thread = threading.Thread(target=run, name=f"meaning{run.__name__}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """End both threads and the child, and let another node have it at once."""
        self._stop.set()
        self._let_go()
        for thread in self._threads:
            thread.join()
        self._let_go()
        with suppress(redis.RedisError):
            if self._redis.get(HOLDER) == self._name.encode():
                self._redis.delete(HOLDER)

    @property
    def child(self) -> int | None:
        """The process that answers now; None while there is none that could."""
        child = self._child
        return child.pid if child is not None and self._ready and child.alive else None

    # ---------------------------------------------------------------------------------------- questions

    def _answer_all(self) -> None:
        while not self._stop.is_set():
            try:
                self._holds = self._hold()
                if not self._holds:
                    self._let_go()
                    self._stop.wait(1.0)
                    continue
                came = self._redis.blpop([QUESTIONS], timeout=1)
                if came is not None:
                    self._answer(json.loads(came[1]))
            except redis.RedisError as error:
                log.warning("meaning: Redis is away (%s)", error)
                self._stop.wait(1.0)
            except Exception:
                log.exception("meaning: a question failed")
                self._stop.wait(0.1)

    def _hold(self) -> bool:
        if self._redis.set(HOLDER, self._name, nx=True, px=HELD_MS):
            return True
        if self._redis.get(HOLDER) != self._name.encode():
            return False
        self._redis.pexpire(HOLDER, HELD_MS)
        return True

    def _answer(self, question: dict[str, Any]) -> None:
        id = str(question.pop("id"))
        child = self._child
        if child is None or not self._ready:
            answer(self._redis, id, {"away": "starting"})
            return
        try:
            found = child.give(Ask(**question))
        except (ChildGone, ValueError) as error:
            log.warning("meaning: %s", error)
            answer(self._redis, id, {"away": "starting"})
            return
        answer(self._redis, id, {"vector": found.vectors[0], "found": found.found})

    # ---------------------------------------------------------------------------------------- new assets

    def _compute_all(self) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            pause = LOOK_S
            if not self._holds:
                continue
            close_old_connections()
            try:
                if self._compute():
                    pause = 0.0
            except DatabaseError as error:
                log.warning("meaning: the database is busy or away (%s)", error)
            except (ChildGone, OSError) as error:
                log.warning("meaning: %s", error)
                self._let_go()
            except Exception:
                log.exception("meaning: a batch failed")
                pause = 10.0
        connections.close_all()

    def _compute(self) -> bool:
        """A batch of what waits; whether there was one. The first asset of all starts the child."""
        some = vectors.waiting(BATCH)
        if not some and self._child is None and not vectors.count():
            return False
        child = self._running()
        if child is None:
            return False
        if not some:
            self._compare_counts(child)
            return False
        told = [one for one in some if one.text]
        made = child.give(Embed(texts=[one.text for one in told]), AT_LEISURE_S).vectors if told else []
        computed = dict(zip((one.place for one in told), made, strict=True))
        vectors.keep([(one, base64.b64decode(computed.get(one.place, ""))) for one in some])
        if told and not vectors.has_pgvector():
            child.give(
                Add(
                    rows=[
                        Row(key=one.place, team=one.team.hex, medium=one.medium, vector=computed[one.place])
                        for one in told
                    ]
                )
            )
        return True

    def _running(self) -> MeaningChild | None:
        """The child with all vectors in it; None while it is too early to start it again."""
        with self._lock:
            if self._stop.is_set():
                return None
            if self._child is not None and self._child.alive:
                return self._child
            now = time.monotonic()
            if now - self._started < BACK_OFF_S[min(self._deaths, len(BACK_OFF_S) - 1)]:
                return None
            self._deaths = 0 if self._started and now - self._started > STEADY_S else self._deaths + 1
            self._started, self._ready = now, False
            self._child = MeaningChild(settings.DATA / "meaning" / "vectors.i8", self._home)
            vectors.renew()
            self._fill(self._child)
            return self._child

    def _fill(self, child: MeaningChild) -> None:
        """All vectors into the child; with pgvector the database holds them."""
        began, count = time.monotonic(), 0
        self._ready = False
        if not vectors.has_pgvector():
            child.give(Clear())
            for rows in vectors.all_rows():
                told = [
                    Row(key=key, team=team.hex, medium=medium, vector=base64.b64encode(vector).decode())
                    for key, team, medium, vector in rows
                ]
                if told:
                    child.give(Add(rows=told, new=True), AT_LEISURE_S)
                count += len(told)
        self._counted = time.monotonic()
        self._ready = True
        log.info("meaning: %d vectors in %.1f s", count, self._counted - began)

    def _compare_counts(self, child: MeaningChild) -> None:
        """From time to time: assets that are gone for good are forgotten, ones that another node has added are read."""
        if time.monotonic() - self._counted < COUNT_S or vectors.has_pgvector():
            return
        self._counted = time.monotonic()
        held, there = child.give(Ask(text="x")).held, vectors.count(with_vector=True)
        if held < there or held - there > held * FORGOTTEN:
            self._fill(child)

    def _let_go(self) -> None:
        with self._lock:
            child, self._child, self._ready = self._child, None, False
        if child is not None:
            child.kill()

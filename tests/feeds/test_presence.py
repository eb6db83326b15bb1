"""Who is here, as two web processes on one Redis see it."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from studio.feeds import presence
from studio.feeds.presence import Presence, Seat

Told = list[tuple[str, bool]]


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch, redis_url: str) -> None:
    """As ever, a twentieth as long."""
    for name, seconds in (
        ("LIFE_S", 1.5),
        ("RENEW_S", 0.4),
        ("LOOK_S", 0.2),
        ("PAUSE_S", 0.05),
        ("GRACE_S", 0.3),
    ):
        monkeypatch.setattr(presence, name, seconds)


@asynccontextmanager
async def processes(n: int = 2) -> AsyncIterator[list[Presence]]:
    made = [Presence() for _each in range(n)]
    yield made
    for each in made:
        await each.close()


async def until(seat: Seat, wanted: Told, seconds: float = 10) -> None:
    """Waits until the page of this seat shows these others."""
    end = time.monotonic() + seconds
    while shown(seat) != wanted:
        assert time.monotonic() < end, f"{shown(seat)} is shown, not {wanted}"
        await asyncio.sleep(0.02)


def shown(seat: Seat) -> Told:
    told: dict[str, Any] = json.loads(seat.told) if seat.told else {"here": []}
    return [(each["name"], each["beside"]) for each in told["here"]]


def run(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scene())


def test_others_are_seen_across_processes_and_gone_when_they_leave() -> None:
    async def scene() -> None:
        team = f"team:{uuid.uuid4()}"
        async with processes() as (one, two):
            ana = one.sit(team, ("1", "Ana"), "asset:a", False)
            bo = two.sit(team, ("2", "Bo"), "asset:a", False)
            cleo = two.sit(team, ("3", "Cleo"), "", False)
            apart = two.sit(f"team:{uuid.uuid4()}", ("4", "Dan"), "asset:a", False)
            await until(ana, [("Bo", True), ("Cleo", False)])
            await until(cleo, [("Ana", False), ("Bo", False)])
            two.leave(bo)
            await until(ana, [("Cleo", False)])
            assert shown(apart) == []

    run(scene)


def test_whoever_goes_to_another_page_is_not_gone_in_between() -> None:
    async def scene() -> None:
        team = f"team:{uuid.uuid4()}"
        async with processes() as (one, two):
            ana = one.sit(team, ("1", "Ana"), "", False)
            bo = two.sit(team, ("2", "Bo"), "", False)
            await until(ana, [("Bo", False)])
            ana.changed.clear()
            for _page in range(5):
                two.leave(bo)
                await asyncio.sleep(0.1)
                bo = two.sit(team, ("2", "Bo"), "", False)
                await asyncio.sleep(0.1)
            assert not ana.changed.is_set(), "nothing new was told"

    run(scene)


def test_who_hides_is_not_shown_and_sees_the_others() -> None:
    async def scene() -> None:
        team = f"team:{uuid.uuid4()}"
        async with processes() as (one, two):
            ana = one.sit(team, ("1", "Ana"), "", False)
            bo = two.sit(team, ("2", "Bo"), "", True)
            await until(bo, [("Ana", False)])
            assert shown(ana) == []
            bo.hidden = False
            two.touch(bo)
            await until(ana, [("Bo", False)])
            bo.hidden = True
            two.touch(bo)
            await until(ana, [])

    run(scene)


def test_a_page_that_nobody_looks_at_is_not_shown() -> None:
    async def scene() -> None:
        team = f"team:{uuid.uuid4()}"
        async with processes() as (one, two):
            ana = one.sit(team, ("1", "Ana"), "", False)
            bo = two.sit(team, ("2", "Bo"), "asset:a", False)
            other = two.sit(team, ("2", "Bo"), "", False)
            await until(ana, [("Bo", False)])
            for seat, wanted in ((bo, [("Bo", False)]), (other, [])):
                seat.away = True
                two.touch(seat)
                await until(ana, wanted)
            assert shown(bo) == [("Ana", False)], "they still see who is here"
            bo.away = False
            two.touch(bo)
            await until(ana, [("Bo", False)])

    run(scene)


def test_a_process_that_dies_takes_its_people_along() -> None:
    async def scene() -> None:
        team = f"team:{uuid.uuid4()}"
        async with processes() as (one, two):
            ana = one.sit(team, ("1", "Ana"), "", False)
            two.sit(team, ("2", "Bo"), "", False)
            await until(ana, [("Bo", False)])
            await two.close()
            await until(ana, [])

    run(scene)


def test_a_redis_that_is_away_shows_nobody_and_breaks_nothing(settings: Any) -> None:
    async def scene() -> None:
        team = f"team:{uuid.uuid4()}"
        there = settings.REDIS_URL
        async with processes() as (one, two):
            ana = one.sit(team, ("1", "Ana"), "", False)
            two.sit(team, ("2", "Bo"), "", False)
            await until(ana, [("Bo", False)])
            await one.close()
            one._task, settings.REDIS_URL = None, "redis://127.0.0.1:1/0"
            one._task = asyncio.create_task(one._run())
            await until(ana, [])
            await one.close()
            one._task, settings.REDIS_URL = None, there
            one._task = asyncio.create_task(one._run())
            await until(ana, [("Bo", False)])

    run(scene)


def test_two_hundred_pages_are_told_a_few_times() -> None:
    """Whatever comes and goes: a process reads the set once a round, and writes to a page only what is new to it."""

    async def scene() -> None:
        team = f"team:{uuid.uuid4()}"
        async with processes(1) as (one,):
            seats = [one.sit(team, (str(n), f"Person {n:03}"), "", False) for n in range(200)]
            told = 0
            end = time.monotonic() + 20
            while not all(json.loads(seat.told or '{"n": 0}')["n"] == 199 for seat in seats):
                assert time.monotonic() < end
                await asyncio.sleep(0.02)
                for seat in seats:
                    told += seat.changed.is_set()
                    seat.changed.clear()
            assert told <= 2 * len(seats)

    run(scene)

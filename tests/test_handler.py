"""Requests run on a few threads that keep their connections, and not on one of their own each."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from studio import handler

pytestmark = pytest.mark.django_db(transaction=True)

ASKED = 12
met: list[tuple[str, int]] = []
together = threading.Barrier(12, timeout=20)


def plain(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    met.append((threading.current_thread().name, id(connection.connection)))
    return HttpResponse("plain")


def crowd(request: HttpRequest) -> HttpResponse:
    together.wait()  # so all are here at once
    return plain(request)


def breaking(request: HttpRequest) -> HttpResponse:
    connection.ensure_connection()
    connection.connection.close()
    return HttpResponse("broken")


async def waiting(request: HttpRequest) -> HttpResponse:
    met.append((threading.current_thread().name, 0))
    return HttpResponse("waiting")


urlpatterns = [path(view.__name__, view) for view in (plain, crowd, breaking, waiting)]


@pytest.fixture(autouse=True)
def only_these() -> Any:
    met.clear()
    with override_settings(ROOT_URLCONF=__name__):
        yield


async def get(app: handler.Handler, name: str) -> int:
    scope = {
        "type": "http", "method": "GET", "path": f"/{name}", "raw_path": f"/{name}".encode(), "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")], "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1),
        "scheme": "http", "http_version": "1.1", "root_path": "", "asgi": {"version": "3.0"},
    }  # fmt: skip
    sent: list[dict[str, Any]] = []
    asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        try:
            return next(asked)
        except StopIteration:
            return await asyncio.Future()

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return int(sent[0]["status"])


def test_it_works() -> None:
    """A thread that has answered is free a moment later, so a second one may step in on a busy machine, and no more."""

    async def one_after_the_other() -> list[int]:
        app = handler.Handler()
        return [await get(app, "plain") for _ in range(ASKED)]

    assert asyncio.run(one_after_the_other()) == [200] * ASKED
    threads, connections = {name for name, _ in met}, {where for _, where in met}
    assert len(met) == ASKED
    assert all(name.startswith("request") for name in threads)
    assert len(connections) == len(threads) <= 3, "few threads did it all, each on a connection of its own"


def test_a_view_that_waits_holds_no_thread() -> None:
    assert asyncio.run(get(handler.Handler(), "waiting")) == 200
    assert met == [("MainThread", 0)]


def test_a_connection_that_broke_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "THREADS", 1)  # so that the one that broke is asked next

    async def both() -> list[int]:
        app = handler.Handler()
        return [await get(app, "breaking"), await get(app, "plain"), await get(app, "plain")]

    statuses = asyncio.run(both())
    assert statuses == [200, 500, 200], "who meets it is told, the next has a new one"


def test_a_burst_leaves_few_connections_open() -> None:
    async def burst() -> list[int]:
        app = handler.Handler()
        return await asyncio.gather(*(get(app, "crowd") for _ in range(12)))

    before = set(handler._keeping)
    assert asyncio.run(burst()) == [200] * 12
    assert len({name for name, _ in met}) == 12
    assert len(handler._keeping) <= handler.KEPT
    assert handler._keeping >= before

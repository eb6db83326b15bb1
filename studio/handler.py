"""How requests reach their views: one hop to a thread for the whole of a request, not one for each middleware.

Django's own ASGI handler enters and leaves a thread for every hook of every synchronous middleware, and for the view, in
a thread that is new for each request and opens a database connection of its own: 6.6 ms of processor time for a view
that does nothing, where one hop takes about a sixth of that. So views that are plain functions run here as under WSGI,
middleware and all, on a few threads that keep their connections. Views that wait (async ones: streams, long polls) go
Django's way and hold no thread meanwhile.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.core.signals import request_started
from django.db import close_old_connections, connections, reset_queries
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import resolve

THREADS = 40
"""Requests that are worked on at a time; more wait for their turn."""
KEPT = 6
"""Threads that keep their connection, and its cache, for the next request; what a burst opens beyond is closed."""


class Handler(ASGIHandler):
    """An ASGI application of the whole project. Behaves as Django's, see the module."""

    def __init__(self) -> None:
        super().__init__()
        self._plain = BaseHandler()
        self._plain.load_middleware(is_async=False)
        self._threads = ThreadPoolExecutor(THREADS, "request")
        self._respond = sync_to_async(self._in_thread, thread_sensitive=False, executor=self._threads)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if waits(scope["path"]):
            await super().__call__(scope, receive, send)
        else:  # without the thread of its own that Django gives each request
            await self.handle(scope, receive, send)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The response, by whichever way fits the view."""
        if waits(request.path_info):
            return await super().get_response_async(request)
        return await self._respond(request)

    def _in_thread(self, request: HttpRequest) -> HttpResponseBase:
        close_old_connections()  # one that broke meanwhile
        try:
            return self._plain.get_response(request)
        finally:
            _keep_few()


def waits(path: str) -> bool:
    """Whether the view behind a path is asynchronous."""
    try:
        return iscoroutinefunction(resolve(path).func)
    except Http404:
        return False


_keeping: set[int] = set()  # ids of threads; each adds and takes away its own only
_lock = threading.Lock()


def _keep_few() -> None:
    """Keep this thread's connections if it is one of a few that do, else close them. Nothing is left open in them."""
    me = threading.get_ident()
    with _lock:
        if me not in _keeping and len(_keeping) < KEPT:
            _keeping.add(me)
        kept = me in _keeping
    for connection in connections.all(initialized_only=True):
        if connection.in_atomic_block:
            continue
        # One that has met an error may be past use, which SQLite's does not tell.
        if not kept or connection.errors_occurred or not connection.get_autocommit():
            connection.close()


def application() -> Handler:
    """The handler, with what Django does at the start of each request left to the threads that have something to do:
    as signal receivers they would cost every request a thread of its own."""
    request_started.disconnect(reset_queries)
    request_started.disconnect(close_old_connections)
    return Handler()

"""/healthz: the process is up. /readyz: database, Redis and a worker answer, part by part."""

from __future__ import annotations

from typing import Any

import redis
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from studio.clock import db_now
from studio.feeds.announce import client
from studio.jobs.models import Node
from studio.jobs.needs import NODE_AWAY_AFTER


def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; asks nothing else."""
    return JsonResponse({"ok": True})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 where every part answers, else 503; {"ok": …, "parts": {name: {"ok": …, "detail": …}}}."""
    parts = {"database": _database(), "redis": _redis()}
    parts["worker"] = _worker() if parts["database"]["ok"] else {"ok": False, "detail": _("not asked")}
    ok = all(part["ok"] for part in parts.values())
    response = JsonResponse({"ok": ok, "parts": parts}, status=200 if ok else 503)
    response._has_been_logged = True  # type: ignore[attr-defined]  # asked all the time: no line in the log each
    return response


def _database() -> dict[str, Any]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return {"ok": False, "detail": _("does not answer")}
    return {"ok": True}


def _redis() -> dict[str, Any]:
    try:
        client().ping()
    except redis.RedisError:
        return {"ok": False, "detail": _("does not answer; jobs are accepted and run when it is back")}
    return {"ok": True}


def _worker() -> dict[str, Any]:
    try:
        nodes = Node.objects.filter(seen_at__gt=db_now() - NODE_AWAY_AFTER).count()
    except DatabaseError:
        return {"ok": False, "detail": _("does not answer")}
    if not nodes:
        return {"ok": False, "detail": _("no node has reported in the last 15 seconds"), "nodes": 0}
    return {"ok": True, "nodes": nodes}

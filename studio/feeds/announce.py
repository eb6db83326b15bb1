"""Says over Redis that a feed has something new. Losing it only delays: the hub asks the database once a second."""

from __future__ import annotations

import json
import threading
import uuid
from typing import Any

import redis
from django.conf import settings

from studio.aside import say

CHANNEL = "studio:feeds"
PREVIEWS = "studio:previews"
RIGHTS = "studio:rights"
NOTICES = "studio:notices"
HERE = "studio:here"
PREVIEW_LIFE_S = 600

_local = threading.local()


def client() -> redis.Redis:
    """This thread's connection; short limits, since nothing may wait for Redis."""
    found: redis.Redis | None = getattr(_local, "client", None)
    if found is None:
        found = _local.client = redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=0.2, socket_timeout=1.0, health_check_interval=0
        )
    return found


def announce(feed: str, n: int) -> None:
    """PUBLISH "feed n", soon; whoever announces does not wait, and a Redis that is away is no error here."""
    say(("feed", feed), lambda: client().publish(CHANNEL, f"{feed} {n}"))


def announce_rights(user_id: uuid.UUID, **_signal: Any) -> None:
    """PUBLISH whose rights have changed: what they have open is looked at again, in every web process."""
    say(("rights", user_id), lambda: client().publish(RIGHTS, str(user_id)))


def announce_notice(user_id: uuid.UUID) -> None:
    """PUBLISH that this person's notices have changed: their open pages count anew, whatever team they show."""
    say(("notice", user_id), lambda: client().publish(NOTICES, str(user_id)))


def preview_payload(job_id: str) -> str:
    """The key under which a job's latest preview lies."""
    return f"studio:preview:{job_id}"


def put_preview(job_id: str, attempt: int, mime: str, frame: bytes) -> None:
    """Keep the latest frame of a running job for minutes and wake who watches it."""
    header = json.dumps({"job": job_id, "attempt": attempt, "mime": mime}).encode()
    payload = len(header).to_bytes(4, "big") + header + frame

    def put() -> None:
        pipe = client().pipeline(transaction=False)
        pipe.set(preview_payload(job_id), payload, ex=PREVIEW_LIFE_S)
        pipe.publish(PREVIEWS, job_id)
        pipe.execute()

    say(("preview", job_id), put)


def get_preview(job_id: str) -> tuple[str, bytes] | None:
    """(MIME type, frame) of the latest preview, or None."""
    try:
        payload = client().get(preview_payload(job_id))
    except redis.RedisError:
        return None
    if not isinstance(payload, bytes):
        return None
    length = int.from_bytes(payload[:4], "big")
    header = json.loads(payload[4 : 4 + length])
    return str(header["mime"]), payload[4 + length :]

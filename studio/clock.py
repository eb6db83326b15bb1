"""The clock that leases are measured by: the database's; and what people's own clocks say."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils import timezone


def db_now() -> datetime:
    """The database's time. SQLite runs in this process on this machine, so its clock is ours."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def local_moment(text: str) -> datetime | None:
    """What a datetime-local field says, by the person's clock; None for what is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else timezone.make_aware(found)


def when(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC, as every answer of the API has it."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None

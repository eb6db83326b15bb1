"""When somebody wants notices by e-mail: at once, once a day or never, and never while it is quiet where they are."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

KEY = "notices"
"""Key of User.preferences under which they are kept."""

AT_ONCE, DAILY, NEVER = "at once", "daily", "never"
GRACE = timedelta(minutes=1)
"""How long "at once" waits: what is read in the studio meanwhile is not mailed, and what comes meanwhile goes along."""


@dataclass(frozen=True)
class Preferences:
    """quiet_from, quiet_to: times of day such as "22:00", or both None; they may go past midnight. All times are those
    that a clock in `time_zone` shows, in summer and in winter."""

    email: str = AT_ONCE
    digest_hour: int = 8
    quiet_from: str | None = None
    quiet_to: str | None = None
    time_zone: str = "UTC"

    def is_due(self, oldest: datetime, now: datetime) -> bool:
        """Whether what waits, the oldest of it since `oldest`, goes out now."""
        if self.email == NEVER or self.is_quiet(now):
            return False
        if self.email == DAILY:
            return oldest < self.last_digest(now)
        return now - oldest >= GRACE

    def is_quiet(self, now: datetime) -> bool:
        """Whether the clock there shows a time in the quiet hours: so an hour that comes twice in autumn is quiet both
        times, and one that is left out in spring is not waited for."""
        begins, ends = clock(self.quiet_from), clock(self.quiet_to)
        if begins is None or ends is None:
            return False
        at = now.astimezone(zone(self.time_zone)).time()
        return begins <= at < ends if begins <= ends else at >= begins or at < ends

    def last_digest(self, now: datetime) -> datetime:
        """The latest moment up to `now` at which a digest was to go out."""
        there = now.astimezone(zone(self.time_zone))
        today = datetime.combine(there.date(), time(self.digest_hour), there.tzinfo).astimezone(UTC)
        if today <= now:
            return today
        before = there.date() - timedelta(days=1)
        return datetime.combine(before, time(self.digest_hour), there.tzinfo).astimezone(UTC)


def clock(text: str | None) -> time | None:
    """The time of day that "22:00" says; None where it says none."""
    hour, colon, minute = (text or "").partition(":")
    if not (
        colon and len(hour) == len(minute) == 2 and (hour + minute).isascii() and (hour + minute).isdigit()
    ):
        return None
    try:
        return time(int(hour), int(minute))
    except ValueError:
        return None


def zone(name: str) -> ZoneInfo:
    """The time zone; UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return ZoneInfo("UTC")


def of(kept: dict[str, Any]) -> Preferences:
    """What `User.preferences` says; what it leaves out is as for everybody."""
    said = kept.get(KEY) or {}
    return Preferences(
        **{field.name: said[field.name] for field in fields(Preferences) if field.name in said}
    )


def stored(preferences: Preferences) -> dict[str, Any]:
    """As they lie under KEY."""
    return asdict(preferences)

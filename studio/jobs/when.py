"""When what was asked for may begin: now, from a time on, or only while nothing else waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from studio.jobs.models import Batch, Job
from studio.problems import InvalidInputs

FARTHEST = timedelta(days=366)


@dataclass(frozen=True)
class When:
    """starts_at: not before this (UTC), None for at once. idle: only while nothing else waits in the lane."""

    starts_at: datetime | None = None
    idle: bool = False

    def told(self) -> tuple[str, ...]:
        """What it adds to the digest of a request: nothing for now, so that requests from before are still the same."""
        return () if self == NOW else (str(self.starts_at), str(self.idle))


NOW = When()


def parse(text: str) -> When:
    """ "now", "idle", or a time with its distance from UTC (ISO 8601); a time that has passed is now. InvalidInputs."""
    if text in ("", "now"):
        return NOW
    if text == "idle":
        return When(idle=True)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        message = _("That is “now”, “idle”, or a time with its time zone, such as 2026-12-01T22:00:00+01:00.")
        raise InvalidInputs.at("when", message, text)
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        at = datetime.max.replace(tzinfo=UTC)
    now = timezone.now()
    if at - now > FARTHEST:
        raise InvalidInputs.at("when", _("That is more than a year away."), text)
    return NOW if at <= now else When(starts_at=at)


def starts_words(at: datetime) -> str:
    """ "Starts at 22:00.", by the clock of whoever reads it; with the day where that is another."""
    local = timezone.localtime(at)
    time = date_format(local, "H:i")
    if timezone.get_current_timezone_name() == "UTC":
        time += " (UTC)"
    if local.date() == timezone.localdate():
        return _("Starts at %(time)s.") % {"time": time}
    return _("Starts on %(day)s at %(time)s.") % {"day": date_format(local, "j F"), "time": time}


def words(thing: Job | Batch) -> str:
    """When it may begin, in words; "" for what may begin now."""
    if thing.starts_at is not None:
        return starts_words(thing.starts_at)
    return _("Runs when nothing else waits.") if thing.idle else ""

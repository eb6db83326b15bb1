"""What a team may use: jobs a day, minutes of workers a month, room on the disk. Set by its owners; without one, as much
as there is.

What was used is asked of the rows themselves, and only where there is a quota: nothing is kept beside them that could
drift away. Days and months are UTC's. Two submits at the very same moment may both be let in by the last place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, FloatField, Func, Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from studio.gallery import room
from studio.ids import first_of
from studio.jobs.models import Attempt, Job
from studio.problems import InvalidInputs, QuotaReached
from studio.teams.actions import audit
from studio.teams.models import Team
from studio.teams.rights import Actor, require

NAMES = ("jobs_a_day", "minutes_a_month", "disk_mb")
MOST = 2_000_000_000  # what the database's column takes


@dataclass(frozen=True)
class Used:
    """jobs: accepted today; minutes: of workers this month; disk_mb: of all assets, in millions of bytes."""

    jobs: int
    minutes: float
    disk_mb: float


def used(team: Team) -> Used:
    """As of now, whether or not there are quotas."""
    return Used(_jobs(team), _minutes(team), room.taken(team) / room.MB)


def ask(team: Team, jobs: int) -> None:
    """Raises QuotaReached where the team may not submit so many more jobs now."""
    now = timezone.now()
    if team.jobs_a_day is not None:
        had = _jobs(team)
        if had + jobs > team.jobs_a_day:
            words = _(
                "%(team)s may submit %(all)d jobs a day; today it has submitted %(used)d, so %(more)d more are too many. "
                "The count begins anew at midnight (UTC), or ask an owner of the team to raise the quota."
            ) % {"team": team.name, "all": team.jobs_a_day, "used": had, "more": jobs}
            raise QuotaReached(words, retry_after=_seconds_to(_today(now) + timedelta(days=1), now))
    if team.minutes_a_month is not None:
        minutes = _minutes(team)
        if minutes >= team.minutes_a_month:
            begins = (_month(now) + timedelta(days=32)).replace(day=1)
            words = _(
                "%(team)s has used %(used)d of its %(all)d minutes of workers this month. They begin anew on %(day)s (UTC), "
                "or ask an owner of the team to raise the quota."
            ) % {
                "team": team.name,
                "all": team.minutes_a_month,
                "used": minutes,
                "day": date_format(begins, "j F"),
            }
            raise QuotaReached(words, retry_after=_seconds_to(begins, now))
    room.ask_room(team, 0)


def set_quotas(*, actor: Actor, team: Team, **quotas: int | None) -> None:
    """Set those that are named; None takes one away. Raises InvalidInputs, NotThere, NotAllowed."""
    require(actor, "team.quotas", team)
    for name, value in quotas.items():
        if value is not None and not 0 <= value <= MOST:
            raise InvalidInputs.at(name, _("A quota is a whole number from 0, or empty for none."), value)
    with transaction.atomic():
        for name, value in quotas.items():
            setattr(team, name, value)
        team.save(update_fields=list(quotas))
        audit(team, actor.user, "team.quotas", "", **quotas)


def _today(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _month(now: datetime) -> datetime:
    return _today(now).replace(day=1)


def _seconds_to(then: datetime, now: datetime) -> int:
    return max(1, int((then - now).total_seconds()))


def _jobs(team: Team) -> int:
    return Job.objects.filter(team=team, pk__gte=first_of(_today(timezone.now()))).count()


def _minutes(team: Team) -> float:
    """Of ended attempts; those that ran in one go share its time."""
    ended = Attempt.objects.filter(
        job__team=team, started_at__gte=_month(timezone.now()), ended_at__isnull=False
    )
    asked = ended.aggregate(seconds=Sum(_Seconds("ended_at", "started_at") / F("together")))
    return round(
        float(asked["seconds"] or 0.0) / 60, 3
    )  # what SQLite makes of a time is right to some microseconds


class _Seconds(Func):
    """From the second time to the first. Django's own difference calls Python for each row of SQLite: 2 s for 100,000."""

    output_field = FloatField()
    template, arg_joiner = "EXTRACT(EPOCH FROM (%(expressions)s))", " - "

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "(julianday(%(expressions)s)) * 86400.0"
        return self.as_sql(compiler, connection, template=template, arg_joiner=") - julianday(", **more)

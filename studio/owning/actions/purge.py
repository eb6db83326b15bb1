"""purge: removes for good what was deleted long enough ago. In short transactions, so that nobody waits for a large one;
whatever a round leaves, the next goes on with."""

from __future__ import annotations

import logging
import shutil
import time

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from studio.catalog import cards
from studio.catalog.models import ModelCard
from studio.feeds.actions import job_feed, team_feed
from studio.feeds.models import Event
from studio.gallery.models import Asset
from studio.jobs.models import Batch, Job
from studio.teams.models import Team

log = logging.getLogger(__name__)

AT_ONCE = 200
ROUND_S = 5.0


def purge(seconds: float = ROUND_S) -> None:
    """For the sweeper, for about so long."""
    end = time.monotonic() + seconds
    for team in Team.objects.filter(delete_at__lte=timezone.now(), personal_of=None).order_by("delete_at"):
        if not purge_team(team, end):
            return


def purge_team(team: Team, end: float) -> bool:
    """Remove a team with all that is its; whether that is done by `end` (of the monotonic clock). Its files follow: the
    collector takes what no asset points at any more."""
    assets = Asset.objects.filter(team=team)
    while (ids := list(assets.order_by().values_list("pk", flat=True)[:AT_ONCE])) and time.monotonic() < end:
        Asset.objects.filter(pk__in=ids).delete()
    while purge_jobs(Job.objects.filter(team=team)) and time.monotonic() < end:
        pass
    if time.monotonic() >= end:
        return False
    homes = [cards.home(card.name, team.pk) for card in ModelCard.objects.filter(team=team)]
    with transaction.atomic():
        Batch.objects.filter(team=team).delete()
        Event.objects.filter(feed=team_feed(team.pk)).delete()
        Team.objects.get(pk=team.pk).delete()
    for home in homes:
        shutil.rmtree(home, ignore_errors=True)
    log.info("team %s is removed for good", team.pk)
    return True


def purge_jobs(jobs: QuerySet[Job]) -> bool:
    """Remove a few of these jobs with their events; whether there were any."""
    ids = list(jobs.order_by().values_list("pk", flat=True)[:AT_ONCE])
    with transaction.atomic():
        Event.objects.filter(feed__in=[job_feed(pk) for pk in ids]).delete()
        Job.objects.filter(pk__in=ids).delete()
    return bool(ids)

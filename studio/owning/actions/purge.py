"""purge: removes for good what was deleted long enough ago. In short transactions, so that nobody waits for a large one;
whatever a round leaves, the next goes on with."""

from __future__ import annotations

import logging
import shutil
import time
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from studio.catalog import cards
from studio.catalog.models import ModelCard
from studio.feeds.actions import job_feed, team_feed
from studio.feeds.models import Event
from studio.gallery.models import Asset, Rating
from studio.jobs.models import Batch, Job
from studio.owning.actions.account import only_owned
from studio.teams.actions import audit
from studio.teams.models import AuditEntry, Member, Team, User
from studio.threads.models import Thread

log = logging.getLogger(__name__)

AT_ONCE = 200
ROUND_S = 1.0  # of the sweeper, whose next look at dead workers waits meanwhile


def purge(seconds: float = ROUND_S) -> None:
    """For the sweeper, for about so long."""
    end = time.monotonic() + seconds
    now = timezone.now()
    for team in Team.objects.filter(delete_at__lte=now, personal_of=None).order_by("delete_at"):
        if not purge_team(team, end):
            return
    for user in User.objects.filter(delete_at__lte=now).order_by("delete_at"):
        if not purge_account(user, end):
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


def purge_account(user: User, end: float) -> bool:
    """Remove a person with their own place, chats and what only they could see; whether that is done by `end`. What they
    made for teams stays there, without their name."""
    if only_owned(user):  # cannot be, and would leave a team that nobody can look after
        log.error("account %s is not removed: a team would have no owner", user.pk)
        return True
    # From here on nobody signs in to it any more: half an account is none to come back to.
    if not User.objects.filter(pk=user.pk, delete_at__lte=timezone.now()).update(is_active=False):
        return True
    own = Team.objects.filter(personal_of=user).first()
    if own is not None and not purge_team(own, end):
        return False
    while Thread.objects.filter(pk__in=_some(Thread.objects.filter(author=user))).delete()[0]:
        if time.monotonic() >= end:
            return False
    hidden = Job.objects.filter(author=user, listed=False)
    hidden.filter(state="running").update(cancel_asked=True)
    if hidden.filter(state="running").exists():
        return False  # its worker lets go within seconds
    while Asset.objects.filter(pk__in=_some(Asset.objects.filter(author=user, listed=False))).delete()[0]:
        if time.monotonic() >= end:
            return False
    while purge_jobs(hidden) or _forget_ratings(user):
        if time.monotonic() >= end:
            return False
    with transaction.atomic():
        for member in Member.objects.filter(user=user).select_related("team"):
            audit(member.team, None, "member.gone", str(user.pk))
        AuditEntry.objects.filter(team=None).filter(Q(user=user) | Q(thing=str(user.pk))).delete()
        User.objects.get(pk=user.pk).delete()
    log.info("account %s is removed for good", user.pk)
    return True


def _some(rows: QuerySet[Any]) -> list[Any]:
    return list(rows.order_by().values_list("pk", flat=True)[:AT_ONCE])


def _forget_ratings(user: User) -> bool:
    """Take back a few of a person's stars; whether there were any."""
    keys = list(Rating.objects.filter(user=user).values_list("asset_id", flat=True)[:AT_ONCE])
    with transaction.atomic():
        assets = list(Asset.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
        Rating.objects.filter(user=user, asset__in=keys).delete()
        given = Rating.objects.filter(asset__in=keys).values_list("asset_id")
        now = {key: (n, total) for key, n, total in given.annotate(n=Count("pk"), total=Sum("value"))}
        for asset in assets:
            asset.rating_n, asset.rating_sum = now.get(asset.pk, (0, 0))
        Asset.objects.bulk_update(assets, ["rating_n", "rating_sum"])
    return bool(keys)

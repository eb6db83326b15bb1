"""Reminders of a review's date: one the day before, one when it is past, to those who have not decided yet.

The sweeper asks once a minute. That a reminder went out is noted with the notices, in one transaction: none is lost by a
restart, none comes twice, and where the studio was away for both moments only the second goes out.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.notices.actions import tell
from studio.review.actions import asked_people
from studio.review.actions.request import LAST_DAY
from studio.review.models import Decision, Pick, Review, State
from studio.teams.models import User

AT_ONCE = 100


def remind(now: datetime | None = None) -> int:
    """Send what is due, at most of a hundred reviews; how many notices."""
    now = now or timezone.now()
    soon = Q(reminded=Review.Reminded.NOT_YET, due_at__lte=now + LAST_DAY)
    late = Q(reminded__lt=Review.Reminded.LATE, due_at__lte=now)
    rows = Review.objects.filter(soon | late, closed_at=None, due_at__isnull=False).exclude(
        state=State.APPROVED
    )
    return sum(_remind(review, now) for review in rows.select_related("team").order_by("due_at")[:AT_ONCE])


def _remind(review: Review, now: datetime) -> int:
    assert review.due_at is not None
    past = review.due_at <= now
    stage = Review.Reminded.LATE if past else Review.Reminded.SOON
    words = (
        _("Your verdict is overdue: %(title)s") if past else _("Your verdict is due within a day: %(title)s")
    )
    if review.kind == Review.Kind.PICK:
        words = (
            _("Your picks are overdue: %(title)s")
            if past
            else _("Your picks are due within a day: %(title)s")
        )
    with transaction.atomic():
        open_still = Review.objects.filter(pk=review.pk, closed_at=None, reminded__lt=stage)
        if not open_still.update(reminded=stage):  # another sweeper was quicker, or it was closed just now
            return 0
        return tell(
            owing(review), team=review.team, kind="review.overdue" if past else "review.due",
            title=words % {"title": review.title}, link=f"/review/{review.pk}/", about=f"review:{review.pk}",
        )  # fmt: skip


def owing(review: Review) -> list[User]:
    """Who is asked and has something that waits for them: an item without their verdict on the revision that stands
    there, or their picks."""
    people = asked_people(review)
    if review.kind == Review.Kind.PICK:
        picked = set(Pick.objects.filter(item__review=review).values_list("user_id", flat=True))
        return [person for person in people if person.pk not in picked]
    waiting = dict(review.items.filter(state=State.WAITING).values_list("pk", "asset_id"))
    newest: dict[tuple[uuid.UUID, uuid.UUID | None], str] = {}
    said = Decision.objects.filter(item__in=list(waiting)).order_by("pk")
    for item, asset, user, verdict in said.values_list("item_id", "asset_id", "user_id", "verdict"):
        if asset == waiting[item]:
            newest[item, user] = verdict
    return [
        person
        for person in people
        if any(newest.get((item, person.pk), State.WAITING) == State.WAITING for item in waiting)
    ]

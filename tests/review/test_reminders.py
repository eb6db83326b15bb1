"""Reminders of a review's date, and roles that are asked live."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from studio.teams.rights import Actor

if TYPE_CHECKING:
    from studio.gallery.models import Asset
    from studio.review.models import Review
    from tests.gallery.conftest import People

pytestmark = [pytest.mark.django_db, pytest.mark.db]

Make = Callable[..., "Asset"]


def ask(world: People, assets: list[Asset], **more: Any) -> Review:
    from studio.review import actions

    subject = actions.Subject([asset.pk for asset in assets])
    given = {"people": [world.rita.pk, world.alice.pk], **more}
    return actions.request_review(actor=Actor.of(world.carol), subject=subject, **given)


def decide(person: Any, review: Review, place: int, verdict: str = "approved") -> None:
    from studio.review import actions

    item = review.items.get(position=place)
    actions.decide(Actor.of(person), item, verdict, asset=item.asset_id)


def told(user: Any, *kinds: str) -> int:
    from studio.notices.models import Notice

    return Notice.objects.filter(person=user, kind__in=kinds).count()


def test_once_before_and_once_after(people: People, asset: Make) -> None:
    """Whoever has not decided about all of it hears of it; whoever has, does not."""
    from studio.review.reminders import remind

    now = timezone.now()
    review = ask(people, [asset(), asset()], due_at=now + timedelta(days=3), need="all")
    decide(people.alice, review, 1)
    decide(people.alice, review, 2)
    decide(people.rita, review, 1)
    assert remind(now + timedelta(days=1)) == 0
    for _twice in range(2):  # the sweeper was killed and begins anew: nothing comes again
        remind(now + timedelta(days=2, minutes=1))
        assert (told(people.rita, "review.due"), told(people.alice, "review.due")) == (1, 0)
        assert told(people.rita, "review.overdue") == 0
    decide(people.alice, review, 2, "waiting")  # taken back
    for _twice in range(2):
        remind(now + timedelta(days=9))
        assert (told(people.rita, "review.overdue"), told(people.alice, "review.overdue")) == (1, 1)
    assert told(people.rita, "review.due") == 1


def test_what_was_missed_and_what_is_over(people: People, asset: Make) -> None:
    """Away at both moments: the second alone. Asked for within the last day: not a minute later again. Closed: none."""
    from studio.review import actions
    from studio.review.reminders import remind

    now = timezone.now()
    ask(people, [asset()], due_at=now + timedelta(days=2), people=[people.rita.pk])
    over = ask(people, [asset()], due_at=now + timedelta(days=2), people=[people.rita.pk])
    actions.close(Actor.of(people.carol), over)
    ask(people, [asset(), asset()], due_at=now + timedelta(hours=5), people=[people.alice.pk], kind="pick")
    assert remind(now + timedelta(minutes=1)) == 0
    assert remind(now + timedelta(days=30)) == 2
    assert (told(people.rita, "review.due"), told(people.rita, "review.overdue")) == (0, 1)
    assert (told(people.alice, "review.due"), told(people.alice, "review.overdue")) == (0, 1)


def test_the_sweeper_does_it(people: People, asset: Make) -> None:
    from studio.jobs.sweeper import Sweeper
    from studio.review.models import Review

    review = ask(people, [asset()], due_at=timezone.now() + timedelta(days=2))
    Review.objects.filter(pk=review.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    Sweeper().tick()
    assert told(people.rita, "review.overdue") == 1


def test_a_role_is_asked_live(people: People, asset: Make) -> None:
    """Who joins with the role, or rises to it, is told, counts and is reminded; who had it hears nothing twice."""
    from studio.review import actions
    from studio.review.reminders import remind
    from studio.teams.actions import accept_invitation, change_role, invite
    from studio.teams.models import Member

    alice = Actor.of(people.alice)
    now = timezone.now()
    review = ask(people, [asset()], people=[], role="reviewer", need="all", due_at=now + timedelta(days=2))
    done = ask(people, [asset()], people=[], role="reviewer")
    decide(people.rita, done, 1)
    _invitation, token = invite(actor=alice, team=people.team, role="creator")
    accept_invitation(user=people.otto, token=token)
    change_role(actor=alice, member=Member.objects.get(user=people.victor, team=people.team), role="reviewer")
    change_role(actor=alice, member=Member.objects.get(user=people.rita, team=people.team), role="manager")
    assert [told(who, "review.asked") for who in (people.otto, people.victor, people.rita)] == [1, 1, 2]
    for who in (people.alice, people.carol, people.rita, people.victor):
        decide(who, review, 1)
    review.refresh_from_db()
    assert review.state == "waiting"
    assert remind(now + timedelta(days=3)) == 1
    assert told(people.otto, "review.overdue") == 1
    assert actions.is_asked(review, Actor.of(people.otto))
    decide(people.otto, review, 1)
    review.refresh_from_db()
    assert review.state == "approved"

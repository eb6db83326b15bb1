"""Who leaves a team is waited for no longer: what all others have decided is decided."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q

from studio.gallery.models import Asset
from studio.review.actions import ROLES, asked_people
from studio.review.actions.decide import state_of, sum_up
from studio.review.actions.request import tell
from studio.review.models import Ask, Pick, Review, State
from studio.teams.models import Member, Team


def left(sender: object, instance: Member, **more: Any) -> None:
    """Called in the transaction in which somebody leaves a team, or is taken out of it. Where nobody is asked any more,
    nothing is decided by that."""
    if not Team.objects.filter(pk=instance.team_id, delete_at=None).exists():
        return  # all of them leave: the team is deleted, and may come back
    roles = ROLES[: ROLES.index(instance.role) + 1] if instance.role in ROLES else []
    asks = Ask.objects.filter(review=OuterRef("pk")).filter(Q(user=instance.user_id) | Q(role__in=roles))
    waiting = Review.objects.filter(
        Q(kind=Review.Kind.PICK) | Q(need=Review.Need.ALL),
        Exists(asks),
        team=instance.team_id,
        closed_at=None,
    ).exclude(state=State.APPROVED)
    for review in waiting.select_for_update().select_related("team").order_by("pk"):
        people = {person.pk for person in asked_people(review)}
        if people:
            _picked(review, people) if review.kind == Review.Kind.PICK else _decided(review)


def _decided(review: Review) -> None:
    for item in review.items.filter(state=State.WAITING):
        if state_of(review, item) != State.APPROVED:
            continue
        item.state = State.APPROVED
        item.save(update_fields=["state"])
        Asset.objects.filter(pk=item.asset_id).update(review_state=item.state)
        sum_up(review)
        tell(review, item=str(item.pk), decided=item.state)


def _picked(review: Review, people: set[Any]) -> None:
    chosen = set(Pick.objects.filter(item__review=review).values_list("user_id", flat=True))
    if people <= chosen:
        review.state = State.APPROVED
        review.save(update_fields=["state"])
        tell(review, decided="picked")

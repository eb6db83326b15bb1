"""A role is asked live: who gets it later is asked as well, and is told so."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from studio.notices.actions import tell
from studio.review.actions import ROLES
from studio.review.models import Ask, Review, State
from studio.teams.models import Member

MOST = 20  # the newest; the list of reviews has the rest


def role_given(sender: object, member: Member, before: str, **more: Any) -> None:
    """Called in the transaction in which somebody joins a team or gets another role."""
    had = ROLES[: ROLES.index(before) + 1] if before else []
    new = [role for role in ROLES[: ROLES.index(member.role) + 1] if role not in had]
    asks = Ask.objects.filter(review=OuterRef("pk"))
    asked = Review.objects.filter(
        Exists(asks.filter(role__in=new)),
        ~Exists(asks.filter(role__in=had)),
        ~Exists(asks.filter(user=member.user_id)),
        team=member.team_id,
        closed_at=None,
    ).exclude(state=State.APPROVED)
    newest = list(asked.select_related("team").order_by("-pk")[:MOST])
    for review in reversed(newest):  # so that the newest stands first among the notices
        tell(
            [member.user_id], team=review.team, kind="review.asked", text=review.note[:300],
            title=_("Your verdict is asked for: %(title)s") % {"title": review.title},
            link=f"/review/{review.pk}/", about=f"review:{review.pk}",
        )  # fmt: skip

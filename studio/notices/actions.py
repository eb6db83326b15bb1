"""tell: what concerns people is kept for each of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.utils import timezone

from studio.notices.models import Notice
from studio.teams.models import Team, User


def tell(
    people: Iterable[User | uuid.UUID],
    *,
    team: Team,
    kind: str,
    title: str,
    link: str,
    by: User | None = None,
    text: str = "",
    about: str = "",
) -> int:
    """Tell these members of the team, each once, but not the one by whom it is. Returns how many were told."""
    keys = {one.pk if isinstance(one, User) else one for one in people} - {by.pk if by else None}
    if not keys:
        return 0
    found = User.objects.filter(pk__in=keys, is_active=True, memberships__team=team).order_by("pk")
    now = timezone.now()
    rows = [
        Notice(person=person, team=team, kind=kind, title=" ".join(title.split())[:300], text=text, link=link,
               about=about, created_at=now)
        for person in found
    ]  # fmt: skip
    Notice.objects.bulk_create(rows)
    return len(rows)

"""The verbs of notices: tell, read, and when one is mailed. A notice is its person's alone."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.feeds.announce import announce_notice
from studio.notices.models import Notice
from studio.notices.preferences import AT_ONCE, DAILY, KEY, NEVER, Preferences, clock, of, stored
from studio.problems import InvalidInputs
from studio.teams.models import Team, User
from studio.teams.rights import Actor, NotAllowed

LONGEST_TEXT = 1000
WRITES = "asset.rate"  # a verb that tokens with the scope "write" have, and those that only read have not


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
    """Tell these members of the team, each once, but not the one by whom it is. Returns how many were told.

    link: a path of this studio. about: the thing, such as "review:<id>"; unread notices about one thing show as one.
    The rows are the caller's transaction's; open pages hear of them after its commit, and the e-mails follow.
    """
    if not link.startswith("/") or link.startswith("//"):
        raise ValueError(f"A notice leads to a path of this studio, not to {link!r}")
    keys = {one.pk if isinstance(one, User) else one for one in people} - {by.pk if by else None}
    if not keys:
        return 0
    found = User.objects.filter(pk__in=keys, is_active=True, memberships__team=team).order_by("pk")
    now = timezone.now()
    rows = [
        Notice(person=person, team=team, kind=kind, title=" ".join(title.split())[:300], text=text[:LONGEST_TEXT],
               link=link, about=about, created_at=now)
        for person in found
    ]  # fmt: skip
    Notice.objects.bulk_create(rows)
    for row in rows:
        transaction.on_commit(partial(announce_notice, row.person_id))
    return len(rows)


def mine(actor: Actor) -> QuerySet[Notice]:
    """The actor's own, of the teams that they (or their token) still have."""
    return Notice.objects.filter(person=actor.user, team_id__in=actor.team_ids)


def unread(actor: Actor) -> int:
    """How many things one has not read about."""
    counts: dict[str, int] = (
        mine(actor)
        .filter(read_at=None)
        .aggregate(
            single=Count("pk", filter=Q(about="")),
            things=Count("about", distinct=True, filter=~Q(about="")),
        )
    )
    return counts["single"] + counts["things"]


def folded(actor: Actor, *, only_unread: bool = False) -> QuerySet[Notice]:
    """One's notices, the newest about each thing; `others`: how many older ones about it are unread as well."""
    rows = mine(actor)
    unread_rows = rows.filter(read_at=None)
    found = unread_rows if only_unread else rows
    kin = found.filter(about=OuterRef("about")).exclude(about="")
    older = unread_rows.filter(about=OuterRef("about"), pk__lt=OuterRef("pk")).exclude(about="").order_by()
    others = older.values("about").annotate(n=Count("pk")).values("n")
    return found.filter(~Exists(kin.filter(pk__gt=OuterRef("pk")))).annotate(
        others=Coalesce(Subquery(others), 0)
    )


def read(actor: Actor, *, ids: Iterable[uuid.UUID] | None = None, about: str = "") -> int:
    """Mark one's own as read: these with the older ones about the same, those about a thing, or all. Returns how many
    things are unread then; what is not there or another's is no matter."""
    if not actor.scoped(WRITES):
        raise NotAllowed("notice.read", _("This token's scopes do not cover that."))
    wanted = Q()
    if ids is not None:
        wanted = Q(pk__in=[])
        for key, thing in mine(actor).filter(pk__in=list(ids)).values_list("pk", "about"):
            wanted |= Q(pk__lte=key, about=thing) if thing else Q(pk=key)
    if about:
        wanted &= Q(about=about)
    if mine(actor).filter(wanted, read_at=None).update(read_at=timezone.now()):
        transaction.on_commit(partial(announce_notice, actor.user.pk))
    return unread(actor)


def preferences(actor: Actor) -> Preferences:
    return of(actor.user.preferences)


def prefer(actor: Actor, wanted: Preferences) -> Preferences:
    """Say when one is told by e-mail. It counts for what waits already, too."""
    if not actor.scoped(WRITES):
        raise NotAllowed("notice.prefer", _("This token's scopes do not cover that."))
    _check(wanted)
    wanted = replace(wanted, quiet_from=wanted.quiet_from or None, quiet_to=wanted.quiet_to or None)
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=actor.user.pk)
        person.preferences = {**person.preferences, KEY: stored(wanted)}
        person.save(update_fields=["preferences"])
    actor.user.preferences = person.preferences
    return wanted


def _check(wanted: Preferences) -> None:
    times = (wanted.quiet_from, wanted.quiet_to)
    both = None not in times and "" not in times
    wrong = [
        ("email", wanted.email not in {AT_ONCE, DAILY, NEVER}, _("One of: at once, daily, never.")),
        ("digest_hour", not 0 <= wanted.digest_hour <= 23, _("An hour from 0 to 23.")),
        ("quiet_from", bool(wanted.quiet_from) and clock(wanted.quiet_from) is None, _("A time of day, such as 22:00.")),
        ("quiet_to", bool(wanted.quiet_to) and clock(wanted.quiet_to) is None, _("A time of day, such as 07:00.")),
        ("quiet_to", bool(wanted.quiet_from) != bool(wanted.quiet_to),
         _("Quiet hours have a beginning and an end; leave out both or neither.")),
        ("quiet_to", both and wanted.quiet_from == wanted.quiet_to,
         _("Quiet hours end at another time than they begin. For no e-mails at all choose never.")),
        ("time_zone", wanted.time_zone not in available_timezones(), _("There is no such time zone.")),
    ]  # fmt: skip
    errors = [
        {"loc": [name], "msg": words, "input": getattr(wanted, name)}
        for name, is_wrong, words in wrong
        if is_wrong
    ]
    if errors:
        raise InvalidInputs(str(errors[0]["msg"]), errors=errors)

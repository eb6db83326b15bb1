"""hand_over, delete_team, restore_team: a team gets another owner, or goes, with fourteen days in which it can come back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.jobs import actions as jobs
from studio.jobs.models import Batch, Job
from studio.notices.actions import tell
from studio.teams import actions as people
from studio.teams import changes
from studio.teams.actions import Refused, audit
from studio.teams.models import Invitation, Member, Role, Team, User
from studio.teams.rights import Actor, NotThere, require

TEAM_KEPT = timedelta(days=14)


@transaction.atomic
def hand_over(*, actor: Actor, member: Member) -> None:
    """Make a member the owner of a team in one's own place: the one who hands it over is a manager from now on."""
    team = member.team
    require(actor, "team.transfer", team)
    if team.personal_of_id:
        raise Refused(_("A personal team stays its person's."))
    if member.user_id == actor.user.pk:
        raise Refused(_("You are its owner already."))
    if member.user.delete_at is not None:
        raise Refused(_("%(name)s is about to leave this studio.") % {"name": member.user.name})
    mine = Member.objects.select_related("team").get(team=team, user=actor.user)
    if member.role != Role.OWNER:
        people.change_role(actor=actor, member=member, role=Role.OWNER)
    people.change_role(actor=actor, member=mine, role=Role.MANAGER)
    audit(team, actor.user, "team.transfer", str(member.user_id))
    names = {"team": team.name, "new": member.user.name, "old": actor.user.name}
    about: dict[str, Any] = {
        "team": team,
        "kind": "team.transferred",
        "link": "/team/",
        "about": f"team:{team.pk}",
    }
    tell([member.user], title=_("%(old)s has made you the owner of %(team)s") % names, **about)
    tell([actor.user], title=_("%(new)s owns %(team)s now; you are a manager") % names, **about)


def delete_team(*, actor: Actor, team: Team, name: str) -> datetime:
    """Take a team away from everybody in it; gives when it goes for good. Until then an owner can take it back.

    name: the team's, typed. What waits or runs is cancelled, invitations end, and nothing of it opens to anybody.
    """
    require(actor, "team.delete", team)
    if team.personal_of_id:
        raise Refused(_("A personal team goes with its person's account."))
    if " ".join(name.split()) != " ".join(team.name.split()):
        raise Refused(_("That is not the name of this team. Nothing was deleted."))
    _cancel_all(actor, team)
    now = timezone.now()
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=team.pk)
        members = list(Member.objects.filter(team=team).select_related("user"))
        if not members:  # somebody else was quicker
            raise NotThere
        team.left = [[str(row.user_id), row.role, row.joined_at.isoformat()] for row in members]
        team.delete_at = now + TEAM_KEPT
        team.save(update_fields=["left", "delete_at"])
        Member.objects.filter(team=team).delete()
        Invitation.objects.filter(team=team, accepted_at=None, revoked_at=None).update(revoked_at=now)
        audit(team, actor.user, "team.delete")
        _tell_each(
            [row.user for row in members],
            by=actor.user,
            kind="team.deleted",
            title=_("%(who)s has deleted the team %(team)s") % {"who": actor.user.name, "team": team.name},
            text=_("Its owners can take it back until %(day)s.") % {"day": team.delete_at.date().isoformat()},
        )
    return team.delete_at


def _cancel_all(actor: Actor, team: Team) -> None:
    """Everything that waits or runs: nobody is there any more to want it, and others may be waiting."""
    active = Job.objects.filter(team=team, state__in=["queued", "running"])
    for batch in Batch.objects.filter(pk__in=set(active.exclude(batch=None).values_list("batch", flat=True))):
        jobs.cancel_batch(actor=actor, batch=batch)
    for job in active.filter(batch=None):
        jobs.cancel(actor=actor, job=job)


def _tell_each(users: Iterable[User], *, by: User, **words: str) -> None:
    """As notices of their own places: the team they are about is none of theirs any more."""
    own = {team.personal_of_id: team for team in Team.objects.filter(personal_of__in=list(users))}
    for user in users:
        if user.pk in own:
            tell([user], team=own[user.pk], by=by, link="/team/", **words)


def leaving_teams(user: User) -> list[Team]:
    """The deleted teams that this person may take back, the next to go first."""
    rows = Team.objects.filter(delete_at__isnull=False, personal_of=None).order_by("delete_at")
    return [team for team in rows if [str(user.pk), str(Role.OWNER)] in [row[:2] for row in team.left]]


@transaction.atomic
def restore_team(*, actor: Actor, team_id: uuid.UUID) -> Team:
    """Take a deleted team back, with its members as they were. NotThere for whoever was none of its owners."""
    if not actor.scoped("team.delete") or (actor.token is not None and actor.token.team_id is not None):
        raise NotThere
    team = Team.objects.select_for_update().filter(pk=team_id, delete_at__isnull=False).first()
    if team is None or team.pk not in {known.pk for known in leaving_teams(actor.user)}:
        raise NotThere
    there = User.objects.in_bulk([uuid.UUID(row[0]) for row in team.left])
    Member.objects.bulk_create(
        Member(
            team=team,
            user=there[uuid.UUID(key)],
            role=role,
            joined_at=datetime.fromisoformat(joined),
            demands=team.second_step,
        )
        for key, role, joined in team.left
        if uuid.UUID(key) in there
    )
    team.left, team.delete_at = [], None
    team.save(update_fields=["left", "delete_at"])
    audit(team, actor.user, "team.restore")
    for key in there:
        changes.tell(key)
    tell(
        list(there),
        team=team,
        by=actor.user,
        kind="team.restored",
        title=_("%(who)s has taken the team %(team)s back") % {"who": actor.user.name, "team": team.name},
        link="/team/",
    )
    return team

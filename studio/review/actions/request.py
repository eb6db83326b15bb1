"""request: ask people for a verdict, or to pick. close: nothing of it changes any more."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.feeds.actions import tell_team
from studio.gallery import actions as gallery
from studio.gallery import boards
from studio.gallery.models import Asset
from studio.jobs.models import Batch, JobAsset
from studio.notices.actions import tell as notify
from studio.problems import Conflict, InvalidInputs
from studio.review.models import Ask, Item, Review
from studio.teams.actions import audit
from studio.teams.models import Member, Role, Team, User, as_uuid
from studio.teams.rights import Actor, NotThere, require

MOST_ITEMS = 500
MOST_PEOPLE = 100
LAST_DAY = timedelta(days=1)  # before the date: a reminder goes out when it begins
ROLES: list[str] = [Role.VIEWER, Role.REVIEWER, Role.CREATOR, Role.MANAGER, Role.OWNER]
"""From the least to the most."""


@dataclass(frozen=True)
class Subject:
    """What is asked about: assets by id, or all of a board or of a batch."""

    assets: Sequence[uuid.UUID] = ()
    board: uuid.UUID | None = None
    batch: uuid.UUID | None = None


def visible(actor: Actor) -> QuerySet[Review]:
    return Review.objects.filter(team_id__in=actor.team_ids)


def get_visible(actor: Actor, id: str | uuid.UUID, verb: str = "review.view") -> Review:
    """The review, for `verb`; NotThere or NotAllowed."""
    key = as_uuid(id)
    review = visible(actor).select_related("team", "author").filter(pk=key).first() if key else None
    if review is None:
        raise NotThere
    require(actor, verb, review)
    return review


@transaction.atomic
def request_review(
    *,
    actor: Actor,
    subject: Subject,
    people: Sequence[uuid.UUID] = (),
    role: str = "",
    title: str = "",
    note: str = "",
    kind: str = Review.Kind.VERDICT,
    picks: int = 1,
    need: str = Review.Need.ONE,
    due_at: datetime | None = None,
) -> Review:
    """Ask members of the subject's team, by name or by role, for their verdict; they get a notice.

    role: everybody with it or a higher one. Raises InvalidInputs with the field, NotThere, NotAllowed.
    """
    assets, told = _assets(actor, subject)
    team = assets[0].team
    require(actor, "review.request", team)
    if any(asset.team_id != team.pk for asset in assets):
        raise InvalidInputs.at("assets", _("The assets of a review belong to one team."), "")
    if any(not asset.listed for asset in assets):
        raise InvalidInputs.at("assets", _("One of them only its author sees yet. List it first."), "")
    if not people and not role:
        raise InvalidInputs.at("people", _("Say who is asked: people, or a role."), [])
    if due_at is not None and due_at <= timezone.now():
        raise InvalidInputs.at("due_at", _("That time has passed."), due_at.isoformat())
    if kind == Review.Kind.PICK and not 1 <= picks < len(assets):
        raise InvalidInputs.at("picks", _("Of %(n)s assets, 1 to %(most)s can be picked.") % {
            "n": len(assets), "most": len(assets) - 1}, picks)  # fmt: skip
    review = Review.objects.create(
        team=team, author=actor.user, title=_title(title, assets), note=note.strip(), kind=kind,
        picks=picks if kind == Review.Kind.PICK else 1, need=need, due_at=due_at, subject=told, reminded=_behind(due_at),
    )  # fmt: skip
    Ask.objects.bulk_create([Ask(review=review, user=user) for user in _members(team, people)])
    if role:
        if role not in Role.values or role == Role.VIEWER:
            raise InvalidInputs.at(
                "role", _("A role that may decide: reviewer, creator, manager or owner."), role
            )
        Ask.objects.create(review=review, role=role)
    Item.objects.bulk_create(
        [Item(review=review, asset=asset, position=place) for place, asset in enumerate(assets, 1)]
    )
    Asset.objects.filter(pk__in=[asset.pk for asset in assets], review_state="").update(
        review_state="waiting"
    )
    audit(team, actor.user, "review.request", str(review.pk), items=len(assets))
    notify(
        asked_people(review), team=team, kind="review.asked", by=actor.user, link=f"/review/{review.pk}/",
        about=f"review:{review.pk}", text=review.note[:300],
        title=_("%(who)s asks for your verdict: %(title)s") % {"who": actor.user.name, "title": review.title},
    )  # fmt: skip
    tell(review)
    return review


def _assets(actor: Actor, subject: Subject) -> tuple[list[Asset], dict[str, Any]]:
    """The assets in their order, and what the review says that it is about."""
    named = [bool(subject.assets), subject.board is not None, subject.batch is not None]
    if sum(named) != 1:
        raise InvalidInputs.at("assets", _("Name assets, a board or a batch: one of the three."), "")
    if subject.board is not None:
        board = boards.get_visible(actor, subject.board)
        ids = [asset.pk for asset in boards.assets_on(actor, board)]
        told = {"kind": "board", "id": str(board.pk)}
    elif subject.batch is not None:
        batch = Batch.objects.filter(pk=subject.batch, team_id__in=actor.team_ids).first()
        if batch is None:
            raise NotThere
        links = JobAsset.objects.filter(job__batch=batch).order_by("job__batch_index", "index")
        ids = list(links.values_list("asset_id", flat=True)[: MOST_ITEMS + 1])
        told = {"kind": "batch", "id": str(batch.pk)}
    else:
        ids, told = list(dict.fromkeys(subject.assets)), {"kind": "assets"}
    there = gallery.visible(actor).select_related("team").filter(deleted_at=None).in_bulk(ids)
    if subject.assets and len(there) < len(ids):
        raise InvalidInputs.at("assets", _("One of them is not there, or not yours."), "")
    found = [there[id] for id in ids if id in there]
    if not found:
        raise InvalidInputs.at("assets", _("There is nothing in it yet."), "")
    if len(found) > MOST_ITEMS:
        raise InvalidInputs.at(
            "assets", _("A review has at most %(most)s assets.") % {"most": MOST_ITEMS}, len(found)
        )
    return found, told


def _members(team: Team, people: Sequence[uuid.UUID]) -> list[User]:
    if len(people) > MOST_PEOPLE:
        raise InvalidInputs.at(
            "people", _("At most %(most)s people are asked by name.") % {"most": MOST_PEOPLE}, len(people)
        )
    rows = Member.objects.filter(team=team, user__in=people).select_related("user")
    found = {row.user_id: row for row in rows}
    for id in people:
        if id not in found:
            raise InvalidInputs.at("people", _("One of them is not in the team."), str(id))
        if found[id].role == Role.VIEWER:
            raise InvalidInputs.at(
                "people", _("%(who)s is a viewer and may not decide.") % {"who": found[id].user.name}, str(id)
            )
    return [found[id].user for id in dict.fromkeys(people)]


def asked_people(review: Review) -> list[User]:
    """Everybody who is asked and still in the team, each once."""
    asks = list(review.asks.all())
    who = Q(user__in=[ask.user_id for ask in asks if ask.user_id])
    for ask in asks:
        if ask.role:
            who |= Q(role__in=_from(ask.role))
    rows = (
        Member.objects.filter(who, team=review.team_id)
        .select_related("user")
        .order_by("user__name", "user_id")
    )
    return [row.user for row in rows]


def is_asked(review: Review, actor: Actor) -> bool:
    """Whether this actor's verdict counts."""
    role = actor.role_in(review.team_id) or ""
    return any(
        ask.user_id == actor.user.pk or (ask.role and role in _from(ask.role)) for ask in review.asks.all()
    )


def _from(role: str) -> list[str]:
    return ROLES[ROLES.index(role) :]


def _behind(due_at: datetime | None) -> int:
    """What is asked for within a day needs no reminder on the day before."""
    soon = due_at is not None and due_at <= timezone.now() + LAST_DAY
    return Review.Reminded.SOON if soon else Review.Reminded.NOT_YET


def close(actor: Actor, review: Review) -> Review:
    """End it as it stands. Its author may, and managers."""
    require(actor, "review.close", review)
    if review.closed_at is None:
        with transaction.atomic():
            review.closed_at = timezone.now()
            review.save(update_fields=["closed_at"])
            audit(review.team, actor.user, "review.close", str(review.pk))
            tell(review)
    return review


def require_open(review: Review) -> None:
    if review.closed_at is not None:
        raise Conflict(_("This review is closed. Ask for a new one."))


def tell(review: Review, **more: Any) -> None:
    """The team's line about it; call it last in a transaction."""
    tell_team(review.team_id, "review", {"review": str(review.pk), "state": review.state, **more})


def _title(title: str, assets: Sequence[Asset]) -> str:
    words = " ".join(title.replace("\x00", "").split())[:200]
    first = assets[0].title or _("Untitled")
    return words or (
        first if len(assets) == 1 else _("%(first)s and %(n)s more") % {"first": first, "n": len(assets) - 1}
    )

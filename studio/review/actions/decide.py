"""decide: a verdict on an item. pick: which of these. unlock: an approved stack may be revised again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from studio.gallery.models import Asset
from studio.notices.actions import tell as notify
from studio.problems import Conflict, InvalidInputs
from studio.review.actions.request import asked_people, is_asked, require_open, tell
from studio.review.models import Decision, Item, Pick, Review, State
from studio.teams.actions import Refused, audit
from studio.teams.rights import Actor, NotThere, require

VERDICTS = {State.APPROVED, State.CHANGES, State.WAITING}


@transaction.atomic
def decide(actor: Actor, item: Item, verdict: str, *, asset: uuid.UUID, note: str = "") -> Item:
    """Say approved or changes, or take one's own verdict back (waiting).

    asset: the revision that the person saw; Conflict where another has come meanwhile, so nobody approves what they
    did not see. Managers' verdicts count without being asked.
    """
    review = Review.objects.select_for_update().get(
        pk=item.review_id
    )  # two verdicts at once: one after the other
    item = Item.objects.select_related("asset").get(pk=item.pk)
    require(actor, "review.decide", review)
    require_open(review)
    if review.kind != Review.Kind.VERDICT:
        raise Refused(_("Of this review some are picked; there is no verdict on each."))
    if verdict not in VERDICTS:
        raise InvalidInputs(_("A verdict is approved, changes or waiting."))
    if not is_asked(review, actor) and not _manages(actor, review):
        raise Refused(_("You are not asked in this review. Comments are welcome all the same."))
    if asset != item.asset_id:
        raise Conflict(_("A new revision has come meanwhile. Look at it first; your verdict was not stored."))
    before = item.state
    Decision.objects.create(item=item, asset=item.asset, user=actor.user, verdict=verdict, note=note.strip())
    item.state = state_of(review, item)
    item.save(update_fields=["state"])
    Asset.objects.filter(pk=item.asset_id).update(review_state=item.state)
    sum_up(review)
    audit(
        review.team, actor.user, "review.decide", str(item.asset_id), verdict=verdict, review=str(review.pk)
    )
    if item.state != before and item.state != State.WAITING and review.author_id:
        words = {
            State.APPROVED: _("%(who)s approved “%(title)s”"),
            State.CHANGES: _("%(who)s asks for changes: “%(title)s”"),
        }
        people = {review.author_id, item.asset.author_id} - {None}
        notify(
            [person for person in people if person], team=review.team, kind=f"review.{item.state}", by=actor.user,
            title=words[State(item.state)] % {"who": actor.user.name, "title": item.asset.title or review.title},
            text=note.strip()[:300], link=f"/review/{review.pk}/?item={item.pk}", about=f"review:{review.pk}",
        )  # fmt: skip
    tell(review, item=str(item.pk), decided=item.state)
    return item


def _manages(actor: Actor, review: Review) -> bool:
    return actor.role_in(review.team_id) in {"manager", "owner"}


def state_of(review: Review, item: Item) -> str:
    """What the verdicts on the revision that stands there now come to; each person's newest counts."""
    newest: dict[uuid.UUID | None, str] = {}
    for decision in Decision.objects.filter(item=item, asset=item.asset_id).order_by("pk"):
        newest[decision.user_id] = decision.verdict
    said = set(newest.values())
    if State.CHANGES in said:
        return State.CHANGES
    if State.APPROVED not in said:
        return State.WAITING
    if review.need == Review.Need.ALL:
        wanted = {person.pk for person in asked_people(review)}
        if not all(newest.get(person) == State.APPROVED for person in wanted):
            return State.WAITING
    return State.APPROVED


def sum_up(review: Review) -> None:
    """The state of the whole: changes where any item has them, approved where all are."""
    states = set(review.items.values_list("state", flat=True))
    state = (
        State.CHANGES
        if State.CHANGES in states
        else State.WAITING
        if State.WAITING in states
        else State.APPROVED
    )
    if state != review.state:
        review.state = state
        review.save(update_fields=["state"])


@transaction.atomic
def pick(actor: Actor, review: Review, items: Sequence[uuid.UUID]) -> Review:
    """Choose these of the review's items, in place of what one chose before; none takes it back."""
    review = Review.objects.select_for_update().get(pk=review.pk)
    require(actor, "review.decide", review)
    require_open(review)
    if review.kind != Review.Kind.PICK:
        raise Refused(_("This review asks for a verdict on each; nothing is picked."))
    if not is_asked(review, actor) and not _manages(actor, review):
        raise Refused(_("You are not asked in this review. Comments are welcome all the same."))
    if len(set(items)) > review.picks:
        raise InvalidInputs(_("At most %(most)s can be picked.") % {"most": review.picks})
    found = list(review.items.filter(pk__in=items))
    if len(found) < len(set(items)):
        raise NotThere
    Pick.objects.filter(item__review=review, user=actor.user).delete()
    Pick.objects.bulk_create([Pick(item=item, user=actor.user) for item in found])
    everybody = {person.pk for person in asked_people(review)}
    chosen = set(Pick.objects.filter(item__review=review).values_list("user_id", flat=True))
    review.state = State.APPROVED if everybody and everybody <= chosen else State.WAITING
    review.save(update_fields=["state"])
    audit(
        review.team, actor.user, "review.pick", str(review.pk), items=[str(item.asset_id) for item in found]
    )
    if review.state == State.APPROVED and review.author_id:
        notify([review.author_id], team=review.team, kind="review.picked", by=actor.user,
               title=_("Everybody has picked: %(title)s") % {"title": review.title},
               link=f"/review/{review.pk}/", about=f"review:{review.pk}")  # fmt: skip
    tell(review, decided="picked")
    return review


@transaction.atomic
def unlock(actor: Actor, item: Item) -> Item:
    """Take an approval away, so that the stack may be revised again. Managers may."""
    review = Review.objects.select_for_update().get(pk=item.review_id)
    require(actor, "review.unlock", review)
    item = Item.objects.select_related("asset").get(pk=item.pk)
    if item.state != State.APPROVED:
        return item
    approved = Decision.objects.filter(item=item, asset=item.asset_id).values_list("user_id", flat=True)
    for user_id in dict.fromkeys(approved):
        Decision.objects.create(
            item=item, asset=item.asset, user_id=user_id, verdict=State.WAITING, note=_("unlocked")
        )
    item.state = State.WAITING
    item.save(update_fields=["state"])
    Asset.objects.filter(pk=item.asset_id).update(review_state=State.WAITING)
    sum_up(review)
    audit(review.team, actor.user, "review.unlock", str(item.asset_id), review=str(review.pk))
    tell(review, item=str(item.pk))
    return item

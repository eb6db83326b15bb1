"""A new revision takes its parent's place in the reviews that are open, and waits for a verdict there."""

from __future__ import annotations

from django.utils.translation import gettext as _

from studio.gallery.models import Asset
from studio.notices.actions import tell as notify
from studio.review.actions.request import asked_people, tell
from studio.review.models import Item, Review, State


def follow(parent: Asset, revision: Asset) -> None:
    """Called by the gallery in the transaction that stores a revision. An unlisted one waits until it is listed."""
    if not revision.listed or revision.stack != parent.stack:
        return
    items = Item.objects.filter(
        asset__stack=revision.stack, review__closed_at=None, review__kind=Review.Kind.VERDICT
    ).exclude(state=State.APPROVED)
    for item in items.select_related("review", "review__team"):
        item.asset, item.state, item.rounds = revision, State.WAITING, item.rounds + 1
        item.save(update_fields=["asset", "state", "rounds"])
        revision.review_state = State.WAITING
        revision.save(update_fields=["review_state"])
        review = item.review
        if review.state != State.WAITING and not review.items.filter(state=State.CHANGES).exists():
            review.state = State.WAITING
            review.save(update_fields=["state"])
        notify(
            asked_people(review), team=review.team, kind="review.revised", by=revision.author,
            title=_("A new revision waits for your verdict: %(title)s") % {"title": revision.title or review.title},
            link=f"/review/{review.pk}/?item={item.pk}", about=f"review:{review.pk}",
        )  # fmt: skip
        tell(review, item=str(item.pk))

"""Pieces of reviews for the pages of other apps, which do not know this one: their templates do."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Q

from studio.gallery.models import Asset
from studio.review.models import Item, State
from studio.review.words import comment_words
from studio.teams.rights import Actor, can
from studio.teams.second_step import way_of

register = template.Library()


@register.inclusion_tag("review/comments.html", takes_context=True)
def comments(context: dict[str, Any], asset: Asset) -> dict[str, Any]:
    """What people say of an asset: its verdict, its comments, and the way to ask for one."""
    actor = Actor.of(context["request"].user, way=way_of(context["request"]))
    items = Item.objects.filter(Q(asset=asset) | Q(asset__stack=asset.stack)).select_related("review")
    newest = items.order_by("-pk").first()
    may = {"comment": can(actor, "asset.comment", asset), "make": False}
    shown = {
        "id": str(asset.pk),
        "medium": asset.medium,
        "title": asset.title,
        "width": asset.width,
        "height": asset.height,
    }
    return {
        "asset": asset,
        "state": State(asset.review_state).label if asset.review_state in State.values else "",
        "item": newest,
        "may_comment": may["comment"] and not asset.deleted_at,
        "handed": {"asset": shown, "may": may, "me": str(actor.user.pk)},
        "words": comment_words(),
    }

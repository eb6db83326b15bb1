"""Reviews and comments as the API and the pages' scripts read them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from studio.clock import when
from studio.gallery.json import assets_json
from studio.gallery.models import Asset
from studio.review import pins
from studio.review.actions import asked_people, is_asked
from studio.review.models import Comment, Decision, Item, Pick, Review
from studio.teams.models import User
from studio.teams.rights import Actor


def person_json(user: User | None) -> dict[str, Any] | None:
    return {"id": str(user.pk), "name": user.name} if user else None


def review_json(review: Review, actor: Actor) -> dict[str, Any]:
    """What a list shows of a review. Prefetch `items` and `asks` for lists."""
    states = [item.state for item in review.items.all()]
    return {
        "id": str(review.pk),
        "team": str(review.team_id),
        "author": person_json(review.author),
        "title": review.title,
        "note": review.note,
        "kind": review.kind,
        "picks": review.picks,
        "need": review.need,
        "subject": review.subject,
        "state": review.state,
        "counts": {state: states.count(state) for state in ("waiting", "changes", "approved")},
        "items": len(states),
        "for_me": review.closed_at is None and is_asked(review, actor),
        "due_at": when(review.due_at),
        "closed_at": when(review.closed_at),
        "created_at": when(review.created_at),
    }


def review_with_items(review: Review, actor: Actor) -> dict[str, Any]:
    """A review with its items, what was decided about each, and who is asked."""
    items = list(review.items.select_related("asset").order_by("position"))
    assets = dict(
        zip([item.pk for item in items], assets_json([item.asset for item in items], actor), strict=True)
    )
    decisions: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in Decision.objects.filter(item__in=items).select_related("user").order_by("pk"):
        decisions[row.item_id].append(_decision(row))
    picked: dict[uuid.UUID, list[User]] = defaultdict(list)
    for pick in Pick.objects.filter(item__in=items).select_related("user").order_by("pk"):
        picked[pick.item_id].append(pick.user)
    shown = [
        {
            "id": str(item.pk),
            "position": item.position,
            "state": item.state,
            "rounds": item.rounds,
            "asset": assets[item.pk],
            "decisions": decisions[item.pk],
            "picked_by": [person_json(user) for user in picked[item.pk]],
            "mine": any(user.pk == actor.user.pk for user in picked[item.pk]),
        }
        for item in items
    ]
    people = [person_json(user) for user in asked_people(review)]
    return {**review_json(review, actor), "people": people, "shown": shown}


def item_json(item: Item, actor: Actor) -> dict[str, Any]:
    """One item after a verdict, without the rest of its review."""
    rows = Decision.objects.filter(item=item).select_related("user").order_by("pk")
    return {
        "id": str(item.pk),
        "position": item.position,
        "state": item.state,
        "rounds": item.rounds,
        "asset": assets_json([item.asset], actor)[0],
        "decisions": [_decision(row) for row in rows],
        "picked_by": [],
        "mine": False,
    }


def _decision(row: Decision) -> dict[str, Any]:
    return {
        "user": person_json(row.user),
        "asset": str(row.asset_id),
        "verdict": row.verdict,
        "note": row.note,
        "at": when(row.at),
    }


def comments_json(rows: Sequence[Comment], asset: Asset | None = None) -> list[dict[str, Any]]:
    """Comments, each with its replies. asset: the revision that they are shown with."""
    replies: dict[uuid.UUID, list[Comment]] = defaultdict(list)
    for row in rows:
        if row.reply_to_id:
            replies[row.reply_to_id].append(row)
    return [
        {**comment_json(row, asset), "replies": [comment_json(reply, asset) for reply in replies[row.pk]]}
        for row in rows
        if row.reply_to_id is None
    ]


def comment_json(row: Comment, asset: Asset | None = None) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "asset": str(row.asset_id),
        "review": str(row.review_id) if row.review_id else None,
        "author": person_json(row.author),
        "guest": row.guest or None,
        "text": row.text,
        "pin": row.pin,
        "where": pins.in_words(row.pin),
        "reply_to": str(row.reply_to_id) if row.reply_to_id else None,
        "mentions": row.mentions,
        "carried": asset is not None and row.asset_id != asset.pk,
        "created_at": _moment(row.created_at),
        "edited_at": when(row.edited_at),
        "resolved_at": when(row.resolved_at),
        "resolved_by": person_json(row.resolved_by),
        "replies": [],
    }


def _moment(at: datetime) -> str:
    return when(at) or ""

"""An asset as the API tells it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from studio.gallery.actions import visible
from studio.gallery.models import Asset, Lineage, Part, Rating
from studio.teams.rights import Actor

BASE = "/api/v1/assets"


def content_url(asset: Asset) -> str:
    return f"{BASE}/{asset.pk}/content"


def thumbnail_url(asset: Asset) -> str | None:
    """None for what has no picture, such as a text."""
    return f"{BASE}/{asset.pk}/thumbnail" if asset.thumbnail_id else None


def preview_url(asset: Asset) -> str | None:
    """A picture of at most 1600 pixels; for a small one its thumbnail is that already."""
    return f"{BASE}/{asset.pk}/preview" if asset.thumbnail_id else None


def asset_json(asset: Asset, actor: Actor) -> dict[str, Any]:
    """One asset for this actor: their own rating, and only the parents and children that they may see."""
    return assets_json([asset], actor)[0]


def assets_json(assets: Sequence[Asset], actor: Actor) -> list[dict[str, Any]]:
    """Several, with five short queries for all of them together."""
    ids = [asset.pk for asset in assets]
    links = list(
        Lineage.objects.filter(Q(child__in=ids) | Q(parent__in=ids))
        .order_by("pk")
        .values_list("parent_id", "child_id", "role")
    )
    # By their keys: as a subquery, SQLite would go through every asset of the team.
    relatives = {key for above, below, _role in links for key in (above, below)}
    seen = set(visible(actor).filter(pk__in=relatives).values_list("pk", flat=True)) if relatives else set()
    parents: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    children: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for above, below, role in links:
        if above in seen:
            parents[below].append({"id": str(above), "role": role})
        if below in seen:
            children[above].append({"id": str(below), "role": role})
    parts: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for part in Part.objects.filter(asset__in=ids).select_related("blob").order_by("pk"):
        parts[part.asset_id].append(_part_json(part))
    own = dict(Rating.objects.filter(asset__in=ids, user=actor.user).values_list("asset_id", "value"))
    tags: dict[uuid.UUID, list[str]] = defaultdict(list)
    through = Asset.tags.through.objects.filter(asset_id__in=ids)
    for asset_id, name in through.order_by("tag__name").values_list("asset_id", "tag__name"):
        tags[asset_id].append(name)
    return [
        {
            "id": str(asset.pk),
            "team": str(asset.team_id),
            "author": str(asset.author_id) if asset.author_id else None,
            "medium": asset.medium,
            "mime": asset.mime,
            "bytes": asset.bytes,
            "digest": asset.blob_id,
            "content_digest": asset.content_digest,
            "width": asset.width,
            "height": asset.height,
            "duration_s": asset.duration_s,
            "title": asset.title,
            "prompt": asset.prompt,
            "facts": asset.facts,
            "tool": asset.tool or None,
            "model": asset.model or None,
            "job": str(asset.job_ref) if asset.job_ref else None,
            "index": asset.index,
            "parents": parents[asset.pk],
            "children": children[asset.pk],
            "parts": parts[asset.pk],
            "tags": tags[asset.pk],
            "rating": {
                "own": own.get(asset.pk),
                "mean": round(asset.rating_sum / asset.rating_n, 2) if asset.rating_n else None,
                "n": asset.rating_n,
            },
            "review": asset.review_state or None,
            "provenance": asset.provenance,
            "listed": asset.listed,
            "thumbhash": asset.thumbhash or None,
            "urls": {
                "content": content_url(asset),
                "thumbnail": thumbnail_url(asset),
                "preview": preview_url(asset),
            },
            "created_at": asset.created_at,
            "deleted_at": asset.deleted_at,
        }
        for asset in assets
    ]


def _part_json(part: Part) -> dict[str, Any]:
    return {
        "name": part.name,
        "mime": part.mime,
        "bytes": part.blob.bytes,
        "digest": part.blob_id,
        "url": f"{BASE}/{part.asset_id}/parts/{part.name}",
    }

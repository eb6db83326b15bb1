"""Duplicates: assets with the same content, and pictures that look alike."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from django.db.models import QuerySet

from studio.gallery import search
from studio.gallery.actions import visible
from studio.gallery.likeness import NEAR, distance, keys_near
from studio.gallery.models import Asset, AssetColour, PhashBand
from studio.teams.rights import Actor

T = TypeVar("T")
MOST = 50
LOOKED_AT = 5_000  # candidates that are compared, at most
AT_ONCE = 200  # assets whose likes are looked up together


@dataclass(frozen=True)
class Alike:
    asset: Asset
    distance: int


class Look(NamedTuple):
    """What is compared of an asset."""

    pk: uuid.UUID
    phash: int | None
    digest: str
    medium: str
    stack: uuid.UUID


def _looks(rows: QuerySet[Asset]) -> list[Look]:
    return [Look(*row) for row in rows.values_list("pk", "phash", "content_digest", "medium", "stack")]


def _shown(actor: Actor, team: uuid.UUID) -> QuerySet[Asset]:
    return visible(actor).filter(team=team, listed=True, deleted_at=None)


def alike(actor: Actor, asset: Asset) -> list[Alike]:
    """Assets of the same team with the same content, or whose picture differs in at most NEAR of 64 bits; the most
    alike first, then the newest. Looked up by keys: it costs the same however many assets there are."""
    rows = _shown(actor, asset.team_id).exclude(pk=asset.pk)
    same = rows.filter(content_digest=asset.content_digest, medium=asset.medium)
    found = dict.fromkeys(same.order_by("-pk").values_list("pk", flat=True)[:MOST], 0)
    if asset.phash is not None:
        near = PhashBand.objects.filter(team=asset.team_id, key__in=list(keys_near(asset.phash)))
        keys = list(near.order_by("-asset_id").values_list("asset_id", flat=True)[:LOOKED_AT])
        for chunk in _chunks(list(dict.fromkeys(keys))):
            for key, phash in rows.filter(pk__in=chunk).values_list("pk", "phash"):
                if phash is not None and (apart := distance(phash, asset.phash)) <= NEAR:
                    found.setdefault(key, apart)
    ranked = sorted(found.items(), key=lambda one: (one[1], -one[0].int))[:MOST]
    here = search.brief(key for key, _apart in ranked)
    return [Alike(here[key], apart) for key, apart in ranked if key in here]


@dataclass(frozen=True)
class Groups:
    """Assets that are alike, group by group, the newest first in each. next: where to go on, or None at the end."""

    groups: list[list[Asset]]
    next: str | None


def groups(actor: Actor, team: uuid.UUID, *, cursor: uuid.UUID | None = None, most: int = 20) -> Groups:
    """Groups of assets that are alike, by their newest one; goes through AT_ONCE assets at a time, a few times a call.
    Revisions of one another are no duplicates: their stack shows them together."""
    rows = _shown(actor, team)
    found: list[list[uuid.UUID]] = []
    for _round in range(10):
        part = rows if cursor is None else rows.filter(pk__lt=cursor)
        walked = _looks(part.order_by("-pk")[:AT_ONCE])
        if not walked:
            return _as_groups(found, None)
        found += _groups_of(rows, team, walked)
        cursor = walked[-1].pk
        if len(found) >= most:
            break
    return _as_groups(found, str(cursor))


def _groups_of(rows: QuerySet[Asset], team: uuid.UUID, walked: Sequence[Look]) -> list[list[uuid.UUID]]:
    """The groups whose newest asset is one of those walked, newest first."""
    likes: dict[uuid.UUID, set[uuid.UUID]] = {one.pk: set() for one in walked}
    wanted: dict[int, list[Look]] = defaultdict(list)  # by key: those that are looked for there
    same: dict[tuple[str, str], list[Look]] = defaultdict(list)
    for one in walked:
        same[one.digest, one.medium].append(one)
        for key in keys_near(one.phash) if one.phash is not None else ():
            wanted[key].append(one)
    met: list[tuple[uuid.UUID, int]] = []
    for keys in _chunks(list(wanted), 10_000):
        links = PhashBand.objects.filter(team=team, key__in=keys).values_list("asset_id", "key")
        met += links[: 4 * LOOKED_AT]
    others: dict[uuid.UUID, Look] = {}
    for chunk in _chunks(list({asset for asset, _key in met})):
        others.update((look.pk, look) for look in _looks(rows.filter(pk__in=chunk)))
    for asset, key in met:
        if asset in others:
            for one in wanted[key]:
                if _older_and_alike(others[asset], one):
                    likes[one.pk].add(asset)
    _drop_other_colours(likes)
    for digests in _chunks([digest for digest, _medium in same]):
        for other in _looks(rows.filter(content_digest__in=digests)):
            for one in same.get((other.digest, other.medium), ()):
                if other.pk < one.pk and other.stack != one.stack:
                    likes[one.pk].add(other.pk)
    found: list[list[uuid.UUID]] = []
    taken: set[uuid.UUID] = set()
    for newest, alike_it in likes.items():
        group = sorted(alike_it - taken, reverse=True)
        if group and newest not in taken:
            found.append([newest, *group])
            taken.update(found[-1])
    return found


def _drop_other_colours(likes: dict[uuid.UUID, set[uuid.UUID]]) -> None:
    """The hash looks at brightness alone: what has colours instead of the other's is no duplicate. One more at the
    edge of what counts as a colour is no matter."""
    names: dict[uuid.UUID, set[str]] = defaultdict(set)
    keys = {key for one, met in likes.items() if met for key in (one, *met)}
    for chunk in _chunks(list(keys)):
        rows = AssetColour.objects.filter(asset__in=chunk)
        for key, name in rows.values_list("asset_id", "name"):
            names[key].add(name)
    for one, met in likes.items():
        likes[one] = {key for key in met if _of_one_colour(names[one], names[key])}


def _of_one_colour(one: set[str], other: set[str]) -> bool:
    return one <= other or other <= one or 2 * len(one & other) > len(one | other)


def _older_and_alike(other: Look, one: Look) -> bool:
    if other.pk >= one.pk or other.stack == one.stack or other.phash is None or one.phash is None:
        return False
    return distance(other.phash, one.phash) <= NEAR


def _as_groups(found: list[list[uuid.UUID]], cursor: str | None) -> Groups:
    here = search.brief(key for group in found for key in group[:MOST])
    return Groups([[here[key] for key in group[:MOST] if key in here] for group in found], cursor)


def _chunks(items: Sequence[T], size: int = 500) -> Iterable[Sequence[T]]:
    return (items[at : at + size] for at in range(0, len(items), size))

"""Copies and moves assets, or a board with what is on it, into another of a person's teams.

A copy is an asset of its own that points at the same stored files, so it takes no second place on the disk. A move is a
copy whose original goes into the bin: there it keeps what does not come along, and by its way back the move is undone.

Along come the file with its parts, title, prompt, tags, and how it was made; links between those that go together, and a
stack of revisions among them. What would tell the other team of things that stay is cut: links to assets that do not
come, the job. Ratings, comments, reviews, share links and places on boards belong to the team and stay with the original.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.feeds.actions import tell_team
from studio.gallery import actions, blobs, boards
from studio.gallery.index import place_of, scope_of, words_from
from studio.gallery.models import (
    Asset,
    AssetColour,
    Blob,
    Board,
    Lineage,
    Meaning,
    Part,
    PhashBand,
    SearchEntry,
    Tag,
)
from studio.gallery.room import ask_room
from studio.gallery.stacks import restack
from studio.ids import uuid7
from studio.problems import Busy, InvalidInputs
from studio.teams.actions import audit
from studio.teams.models import Team
from studio.teams.rights import Actor, require

MOST = 1000  # at once

_ALONG = (
    "medium",
    "mime",
    "blob_id",
    "bytes",
    "content_digest",
    "width",
    "height",
    "duration_s",
    "title",
    "prompt",
    "text",
    "provenance",
    "tool",
    "model",
    "listed",
    "thumbhash",
    "phash",
    "seen",
    "thumbnail_id",
    "preview_id",
)


@dataclass(frozen=True)
class Sent:
    """copies: by the id of the original. moved: the originals are in the bin. board: the new one, where one was sent."""

    copies: dict[uuid.UUID, Asset] = field(default_factory=dict)
    moved: bool = False
    board: Board | None = None


@transaction.atomic
def send(actor: Actor, ids: Sequence[uuid.UUID], team: Team, *, move: bool = False) -> Sent:
    """Copy these assets into `team`, or move them; all or none. Raises NotThere, NotAllowed (either side), QuotaReached,
    InvalidInputs, Busy."""
    require(actor, "asset.add", team)
    originals = sorted(actions.get_all(actor, ids), key=lambda asset: asset.pk.int)
    _may_go(actor, originals, team, move)
    # In one order, and before anything else: who moves things the other way at this moment waits here.
    teams = {team.pk, *(asset.team_id for asset in originals)}
    list(Team.objects.select_for_update().filter(pk__in=teams).order_by("pk").values_list("pk"))
    ask_room(team, sum(asset.bytes for asset in originals))
    copies = _copies(actor, originals, team)
    if move:
        actions.delete(actor, originals)
    _note(actor, originals, team, move)
    for copy in copies.values():
        if copy.listed:
            tell_team(team.pk, "asset", actions.asset_event(copy))
    return Sent(copies, move)


@transaction.atomic
def send_board(actor: Actor, board: Board, team: Team, *, move: bool = False) -> Sent:
    """Copy a board with what it holds now into `team`, or move it. What a smart one holds becomes a board picked by
    hand: its filters may name tags and people that the other team has not."""
    require(actor, "board.delete" if move else "board.view", board)
    require(actor, "board.edit", team)
    keys = [asset.pk for asset in boards.assets_on(actor, board)]
    if len(keys) > MOST:
        raise InvalidInputs.at(
            "board", _("At most %(n)d assets go at once; this board holds more.") % {"n": MOST}
        )
    if board.team_id == team.pk:
        raise InvalidInputs.at("team", _("It is in that team already."))
    sent = send(actor, keys, team, move=move) if keys else Sent()
    made = boards.create(actor, team, title=board.title, note=board.note)
    boards.add(actor, made, [sent.copies[key].pk for key in keys])
    if move:
        boards.delete(actor, board)
    return Sent(sent.copies, move, made)


def _may_go(actor: Actor, originals: Sequence[Asset], team: Team, move: bool) -> None:
    for asset in originals:
        require(actor, "asset.download", asset)
        if move:
            require(actor, "asset.delete", asset)
        if asset.team_id == team.pk:
            raise InvalidInputs.at("team", _("They are in that team already."), str(team.pk))
        if asset.deleted_at is not None:
            raise InvalidInputs.at("assets", _("Take it out of the bin first."), str(asset.pk))


def _copies(actor: Actor, originals: Sequence[Asset], team: Team) -> dict[uuid.UUID, Asset]:
    """The new rows, by the id of the original, in the same order of time."""
    keys = [asset.pk for asset in originals]
    parts = list(Part.objects.filter(asset__in=keys).order_by("pk"))
    held = {asset.blob_id for asset in originals} | {part.blob_id for part in parts}
    held |= {digest for asset in originals for digest in (asset.thumbnail_id, asset.preview_id) if digest}
    if not blobs.hold([Blob(digest=digest) for digest in held]):
        raise Busy(_("One of them is just being removed. Try again."))
    fresh = {key: uuid7() for key in keys}
    names = {str(old): str(new) for old, new in fresh.items()}
    first: dict[uuid.UUID, uuid.UUID] = {}  # the first copy of each stack begins the new one
    copies: dict[uuid.UUID, Asset] = {}
    now = timezone.now()
    for asset in originals:
        copies[asset.pk] = Asset(
            id=fresh[asset.pk],
            team=team,
            author=actor.user,
            stack=first.setdefault(asset.stack, fresh[asset.pk]),
            facts=_facts(asset, names, now.isoformat()),
            created_at=now,
            **{name: getattr(asset, name) for name in _ALONG},
        )
    Asset.objects.bulk_create(copies.values())
    restack(first.values())
    Part.objects.bulk_create(
        Part(asset_id=fresh[part.asset_id], name=part.name, mime=part.mime, blob_id=part.blob_id)
        for part in parts
    )
    AssetColour.objects.bulk_create(
        AssetColour(asset_id=fresh[old], team=team, name=name)
        for old, name in AssetColour.objects.filter(asset__in=keys).values_list("asset_id", "name")
    )
    PhashBand.objects.bulk_create(
        PhashBand(asset_id=fresh[old], team=team, key=key)
        for old, key in PhashBand.objects.filter(asset__in=keys).values_list("asset_id", "key")
    )
    links = Lineage.objects.filter(parent__in=keys, child__in=keys).order_by("pk")
    Lineage.objects.bulk_create(
        Lineage(parent_id=fresh[link.parent_id], child_id=fresh[link.child_id], role=link.role)
        for link in links
    )
    _findable(copies, team, _tags(keys, fresh, team))
    return copies


def _facts(asset: Asset, names: dict[str, str], now: str) -> dict[str, Any]:
    """How it was made, with the ids of what comes along put right. An id of what does not stays as it was told: for the
    other team there is nothing behind it, and its page says so."""

    def told(value: Any) -> Any:
        if isinstance(value, str):
            return names.get(value, value)
        if isinstance(value, list):
            return [told(each) for each in value]
        return {key: told(each) for key, each in value.items()} if isinstance(value, dict) else value

    before = asset.facts.get("copied") or {}
    made = before.get("made_at") or asset.created_at.isoformat()
    return {**told(asset.facts), "copied": {"at": now, "made_at": made}}


def _tags(
    keys: Sequence[uuid.UUID], fresh: dict[uuid.UUID, uuid.UUID], team: Team
) -> dict[uuid.UUID, list[str]]:
    """Give the copies the tags of their originals, under the other team's own names; gives them by original."""
    through = Asset.tags.through
    links = through.objects.filter(asset_id__in=keys).order_by("tag__name")
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for key, name in links.values_list("asset_id", "tag__name"):
        found[key].append(name)
    wanted = {name for names in found.values() for name in names}
    Tag.objects.bulk_create([Tag(team=team, name=name) for name in sorted(wanted)], ignore_conflicts=True)
    tags = dict(Tag.objects.filter(team=team, name__in=wanted).values_list("name", "pk"))
    through.objects.bulk_create(
        through(asset_id=fresh[key], tag_id=tags[name]) for key, names in found.items() for name in names
    )
    return found


def _findable(copies: dict[uuid.UUID, Asset], team: Team, tags: dict[uuid.UUID, list[str]]) -> None:
    """Search entries for all of them, and their places among the meanings."""
    rows = list(copies.items())
    SearchEntry.objects.bulk_create(
        SearchEntry(
            id=place_of(copy.pk),
            asset=copy,
            scope=scope_of(team.pk, copy.medium),
            words=words_from(copy.title, tags.get(key, ()), copy.prompt, copy.tool, copy.model, copy.text),
        )
        for key, copy in rows
    )
    Meaning.objects.bulk_create(
        Meaning(id=place_of(copy.pk), asset=copy, team_id=team.pk, medium=copy.medium) for _key, copy in rows
    )


def _note(actor: Actor, originals: Sequence[Asset], team: Team, move: bool) -> None:
    """An entry for the managers of either side."""
    by_team: dict[uuid.UUID, int] = defaultdict(int)
    for asset in originals:
        by_team[asset.team_id] += 1
    for source in Team.objects.filter(pk__in=by_team).order_by("pk"):
        number = by_team[source.pk]
        audit(source, actor.user, "asset.move" if move else "asset.copy", str(team.pk), number=number)
        audit(team, actor.user, "asset.receive", str(source.pk), number=number)

"""The verbs of share links: share, revoke; and what a guest reaches by one."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.gallery import boards
from studio.gallery.models import Asset, Board, BoardItem, Medium
from studio.problems import InvalidInputs
from studio.shares.models import ShareLink
from studio.teams.actions import audit
from studio.teams.models import as_uuid
from studio.teams.rights import Actor, NotThere, require

MOST_SHOWN = 500
SHORTEST_PASSWORD = 4


def visible(actor: Actor) -> QuerySet[ShareLink]:
    return ShareLink.objects.filter(team_id__in=actor.team_ids)


def get_visible(actor: Actor, id: str | uuid.UUID, verb: str = "share.view") -> ShareLink:
    """The link, for `verb`; NotThere or NotAllowed."""
    key = as_uuid(id)
    link = (
        visible(actor).select_related("team", "asset", "board", "author").filter(pk=key).first()
        if key
        else None
    )
    if link is None:
        raise NotThere
    require(actor, verb, link)
    return link


@transaction.atomic
def share(
    actor: Actor,
    thing: Asset | Board,
    *,
    title: str = "",
    password: str = "",
    expires_at: datetime | None = None,
    may_download: bool = False,
    may_comment: bool = False,
    watermark: str = "",
) -> tuple[ShareLink, str]:
    """A new link to an asset or a board that the actor may see, and the secret of its address, shown this once.

    InvalidInputs names the field. What is watermarked cannot be downloaded, since the file has no mark.
    """
    require(actor, "share.create", thing)
    if isinstance(thing, Asset) and not thing.listed:
        raise InvalidInputs.at("asset", _("Only you see it yet. List it first."))
    if expires_at is not None and expires_at <= timezone.now():
        raise InvalidInputs.at("expires_at", _("That time has passed."))
    if password and len(password) < SHORTEST_PASSWORD:
        raise InvalidInputs.at("password", _("At least %(n)d characters.") % {"n": SHORTEST_PASSWORD})
    mark = " ".join(watermark.replace("\x00", "").split())[:60]
    if mark and may_download:
        raise InvalidInputs.at(
            "watermark", _("A file that is downloaded has no watermark: allow one of the two.")
        )
    if mark and isinstance(thing, Asset) and thing.medium == Medium.TEXT:
        raise InvalidInputs.at("watermark", _("A text cannot carry a watermark."))
    secret = secrets.token_urlsafe(24)
    link = ShareLink.objects.create(
        team=thing.team,
        author=actor.user,
        asset=thing if isinstance(thing, Asset) else None,
        board=thing if isinstance(thing, Board) else None,
        title=" ".join(title.replace("\x00", "").split())[:200],
        token_hash=_hash(secret),
        password=make_password(password) if password else "",
        expires_at=expires_at,
        may_download=may_download,
        may_comment=may_comment,
        watermark=mark,
    )
    audit(thing.team, actor.user, "share.create", str(thing.pk), link=str(link.pk))
    return link, secret


def revoke(actor: Actor, link: ShareLink) -> ShareLink:
    """It opens nothing from now on. Whoever made it may, and managers."""
    require(actor, "share.revoke", link)
    if link.revoked_at is None:
        link.revoked_at = timezone.now()
        with transaction.atomic():
            link.save(update_fields=["revoked_at"])
            audit(
                link.team, actor.user, "share.revoke", str(link.asset_id or link.board_id), link=str(link.pk)
            )
    return link


# ---------------------------------------------------------------- guests


def find(secret: str) -> ShareLink:
    """The link with this secret; NotThere for one that is unknown, expired, revoked or of a deleted team: all told alike."""
    link = ShareLink.objects.select_related("team", "asset", "board").filter(token_hash=_hash(secret)).first()
    if link is None or link.over or link.team.delete_at is not None:
        raise NotThere
    if link.board is not None and link.board.deleted_at is not None:
        raise NotThere
    return link


def right_password(link: ShareLink, password: str) -> bool:
    return not link.password or check_password(password, link.password)


def count_opened(link: ShareLink) -> None:
    ShareLink.objects.filter(pk=link.pk).update(opened=F("opened") + 1, opened_at=timezone.now())


def assets_of(link: ShareLink) -> list[Asset]:
    """What the link shows now, in its order: listed, not in the bin, of the link's team."""
    shown = Asset.objects.filter(team=link.team_id, listed=True, deleted_at=None).defer("text")
    if link.asset_id is not None:
        return list(shown.filter(pk=link.asset_id))
    assert link.board is not None
    if link.board.filters is not None:
        return _smart(link, link.board)
    items = (
        BoardItem.objects.filter(board=link.board)
        .order_by("position", "pk")
        .values_list("asset_id", flat=True)
    )
    order = list(items[:MOST_SHOWN])
    there = shown.in_bulk(order)
    return [there[key] for key in order if key in there]


def _smart(link: ShareLink, board: Board) -> list[Asset]:
    """What a smart board finds now, as whoever made the link sees it; nothing once they have left the team."""
    if link.author is None:
        return []
    actor = Actor.of(link.author)
    if link.team_id not in actor.roles:
        return []
    return [asset for asset in boards.assets_on(actor, board) if asset.listed][:MOST_SHOWN]


def asset_of(link: ShareLink, id: uuid.UUID) -> Asset:
    """One of the assets that the link shows; NotThere."""
    found = next((asset for asset in assets_of(link) if asset.pk == id), None)
    if found is None:
        raise NotThere
    return found


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

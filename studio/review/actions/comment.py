"""comment: a remark on an asset, perhaps pinned; edit, resolve, reopen, delete. Open ones go on to later revisions."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.feeds.actions import tell_team
from studio.gallery.models import Asset
from studio.notices.actions import tell as notify
from studio.problems import InvalidInputs
from studio.review import pins
from studio.review.models import Comment, Item, Review
from studio.teams.models import Member, User, as_uuid
from studio.teams.rights import Actor, NotAllowed, NotThere, require

LONGEST = 10_000


def comments_on(asset: Asset) -> QuerySet[Comment]:
    """The comments that are shown with an asset, oldest first: its own, and those on earlier revisions of its stack
    that were still open; with the replies of all of these."""
    open_before = Q(asset__stack=asset.stack, asset_id__lt=asset.pk, resolved_at=None, reply_to=None)
    top = Comment.objects.filter(Q(asset=asset, reply_to=None) | open_before).values("pk")
    rows = Comment.objects.filter(Q(pk__in=top) | Q(reply_to__in=top))
    return rows.select_related("author", "resolved_by").order_by("pk")


def get_comment(actor: Actor, id: str | uuid.UUID, verb: str = "asset.view") -> Comment:
    """The comment, on an asset that this actor may see; NotThere or NotAllowed."""
    key = as_uuid(id)
    rows = Comment.objects.filter(team_id__in=actor.team_ids).select_related("asset", "team", "author")
    found = rows.filter(pk=key).first() if key else None
    if found is None or not (found.asset.listed or found.asset.author_id == actor.user.pk):
        raise NotThere
    require(actor, verb, found.asset)
    return found


@transaction.atomic
def comment(
    actor: Actor | None,
    asset: Asset,
    text: str,
    *,
    pin: dict[str, Any] | None = None,
    reply_to: Comment | None = None,
    review: Review | None = None,
    guest: str = "",
) -> Comment:
    """Say something about an asset. pin: see pins.py. A reply has no pin, and answers a comment that is none.

    actor: None for a guest, whose right the share link has shown, with a name.
    """
    if actor is not None:
        require(actor, "asset.comment", asset)
    words = _words(text)
    if reply_to is not None:
        if pin is not None:
            raise InvalidInputs.at("pin", _("A reply stands where the comment stands; leave its pin out."))
        if reply_to.asset.stack != asset.stack:
            raise NotThere
        reply_to = reply_to.reply_to or reply_to
    if review is not None and (review.team_id != asset.team_id or not _is_in(review, asset)):
        raise NotThere
    row = Comment.objects.create(
        team_id=asset.team_id, asset=asset, review=review, author=actor.user if actor else None,
        guest="" if actor else guest.strip()[:60] or _("Guest"), text=words, reply_to=reply_to,
        pin=pins.checked(pin, asset.medium), mentions=_mentioned(asset, words),
    )  # fmt: skip
    _notify(row, actor.user if actor else None)
    _tell(row, new=True)
    return row


def edit_comment(actor: Actor, row: Comment, text: str) -> Comment:
    """Change one's own words."""
    require(actor, "asset.comment", row.asset)
    _own(actor, row)
    before = set(row.mentions)
    row.text = _words(text)
    row.mentions, row.edited_at = _mentioned(row.asset, row.text), timezone.now()
    with transaction.atomic():
        row.save(update_fields=["text", "mentions", "edited_at"])
        _notify(row, actor.user, only=set(row.mentions) - before)
        _tell(row)
    return row


def resolve_comment(actor: Actor, row: Comment) -> Comment:
    """It is dealt with: it no longer goes on to later revisions."""
    return _settle(actor, row, done=True)


def reopen_comment(actor: Actor, row: Comment) -> Comment:
    return _settle(actor, row, done=False)


def _settle(actor: Actor, row: Comment, *, done: bool) -> Comment:
    require(actor, "asset.comment", row.asset)
    if row.reply_to_id is not None:
        raise InvalidInputs.at("id", _("A comment is resolved with its replies; a reply alone is not."))
    if (row.resolved_at is not None) != done:
        row.resolved_at, row.resolved_by = (timezone.now(), actor.user) if done else (None, None)
        with transaction.atomic():
            row.save(update_fields=["resolved_at", "resolved_by"])
            _tell(row)
    return row


def delete_comment(actor: Actor, row: Comment) -> None:
    """Take one's own comment away, with its replies; managers may take away others'."""
    require(actor, "asset.comment", row.asset)
    if actor.role_in(row.team_id) not in {"manager", "owner"}:
        _own(actor, row)
    with transaction.atomic():
        told = {"comment": str(row.pk), "asset": str(row.asset_id), "deleted": True}
        row.delete()
        tell_team(row.team_id, "review", told)


def _own(actor: Actor, row: Comment) -> None:
    if row.author_id != actor.user.pk:
        raise NotAllowed("asset.comment", _("Only who wrote a comment changes it."))


def _is_in(review: Review, asset: Asset) -> bool:
    return Item.objects.filter(review=review, asset__stack=asset.stack).exists()


def _words(text: str) -> str:
    words = text.replace("\x00", "").strip()
    if not words:
        raise InvalidInputs.at("text", _("Write something first."))
    if len(words) > LONGEST:
        raise InvalidInputs.at("text", _("A comment has at most %(most)s letters.") % {"most": LONGEST})
    return words


def _mentioned(asset: Asset, text: str) -> list[str]:
    """Ids of the members whom “@Name” names; of names that begin alike the longest counts."""
    if "@" not in text:
        return []
    rows = Member.objects.filter(team=asset.team_id).select_related("user")
    names = {row.user.name.casefold(): row.user for row in rows if row.user.name}
    if not names:
        return []
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    found = re.findall(rf"(?<![\w@])@({either})(?!\w)", text.casefold())
    return list(dict.fromkeys(str(names[name].pk) for name in found))


def _notify(row: Comment, by: User | None, only: set[str] | None = None) -> None:
    """Whom the words name, who made the asset, and who takes part in the thread; each hears of it once."""
    link = f"/review/{row.review_id}/?asset={row.asset_id}" if row.review_id else f"/assets/{row.asset_id}/"
    about = f"review:{row.review_id}" if row.review_id else f"asset:{row.asset_id}"
    who = by.name if by else row.guest
    told = {"who": who, "title": row.asset.title or _("Untitled")}
    named = {uuid.UUID(one) for one in (row.mentions if only is None else only)}
    common: dict[str, Any] = {
        "team": row.team,
        "by": by,
        "link": link,
        "about": about,
        "text": row.text[:300],
    }
    notify(named, kind="comment.mention", title=_("%(who)s mentions you: “%(title)s”") % told, **common)
    if only is not None:
        return
    others = {row.asset.author_id}
    if row.reply_to_id:
        said = Comment.objects.filter(Q(pk=row.reply_to_id) | Q(reply_to=row.reply_to_id))
        others |= set(said.values_list("author_id", flat=True))
    rest = [person for person in others if person and person not in named]
    notify(rest, kind="comment", title=_("%(who)s on “%(title)s”") % told, **common)


def _tell(row: Comment, **more: Any) -> None:
    tell_team(
        row.team_id,
        "review",
        {
            "comment": str(row.pk),
            "asset": str(row.asset_id),
            "review": str(row.review_id) if row.review_id else None,
            **more,
        },
    )

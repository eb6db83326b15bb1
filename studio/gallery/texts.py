"""Text assets in the editor: their words, and a revision made by hand. What is stored never changes."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from studio.gallery import actions, storage
from studio.gallery.differences import Difference, difference, passages
from studio.gallery.models import Asset, Medium
from studio.gallery.probe import Unreadable
from studio.gallery.provenance import source_type
from studio.problems import Conflict, InvalidInputs, TooLarge, Unsupported
from studio.teams.rights import Actor, can, require

LONGEST = 1_000_000
"""Bytes that the editor takes; a text may be stored longer, by upload."""
MADE = source_type(model="any", uses_other_media=False)
COMPARED = 4 * LONGEST


class NewerRevision(Conflict):
    """Somebody saved a newer revision meanwhile; nothing was kept."""

    type = "newer-revision"
    title = "There is a newer revision"


def editable(actor: Actor, asset: Asset) -> bool:
    """Whether this actor may write a revision of it here."""
    return (
        asset.medium == Medium.TEXT
        and asset.bytes <= LONGEST
        and asset.deleted_at is None
        and can(actor, "asset.add", asset)
    )


def readable(asset: Asset) -> Asset:
    """The asset; Unsupported for what is no text, TooLarge for what is longer than a page takes."""
    if asset.medium != Medium.TEXT:
        raise Unsupported(_("That is no text."), title=_("That is no text"))
    if asset.bytes > COMPARED:
        raise TooLarge(_("That text is too long to be compared here."))
    return asset


def read(asset: Asset) -> str:
    """The whole text, from its stored bytes."""
    with storage.current().open(asset.blob_id) as file:
        return file.read().decode("utf-8", "replace")


def compared(first: Asset, second: Asset) -> Difference:
    """What differs between two assets; of two texts of a page's length their words too."""
    found = difference(first, second)
    both = [first, second]
    if all(each.medium == Medium.TEXT and each.bytes <= COMPARED for each in both):
        return Difference(found.inputs, passages(read(first), read(second)))
    return found


def revise(
    actor: Actor, asset: Asset, text: str, *, title: str | None = None, after: uuid.UUID | None = None
) -> Asset:
    """Keep `text` as a revision of a text asset, by the actor's hand.

    after: the newest revision that its author knows of. Where there is a newer one, NewerRevision, and nothing is kept.
    The revision is listed as the asset is: nobody hears of an unlisted one but its author.
    """
    require(actor, "asset.add", asset)
    readable(asset)
    if not text.strip():
        raise _invalid(_("An empty text is not kept."))
    if len(text.encode()) > LONGEST:
        raise _invalid(_("A text written here may have at most %(n)d kB.") % {"n": LONGEST // 1000})

    def still_newest(made: Asset) -> None:
        """In the transaction that keeps it. Two at once: the second waits for the first, and sees what it made."""
        if after is None:
            return
        list(Asset.objects.select_for_update().filter(pk=asset.stack).values_list("pk"))
        others = actions.visible(actor).filter(stack=asset.stack, deleted_at=None, pk__gt=after)
        if others.exclude(pk=made.pk).exists():
            raise NewerRevision(
                _("A newer revision was saved meanwhile. Yours was not kept yet; nothing is lost."),
                errors=[{"loc": ["after"], "msg": _("Not the newest revision."), "input": str(after)}],
            )

    with tempfile.TemporaryDirectory(dir=_scratch(), prefix="revision-") as folder:
        path = Path(folder) / "text.md"
        path.write_text(text, encoding="utf-8", newline="")
        try:
            return actions.add(
                team=asset.team,
                author=actor.user,
                path=path,
                medium=Medium.TEXT,
                mime=asset.mime,
                title=asset.title if title is None else title,
                facts={"edited": True},
                provenance={"source_type": _source_type(asset)},
                listed=asset.listed,
                parents=[(asset.pk, "parent")],
                also=still_newest,
            )
        except Unreadable as reason:
            raise _invalid(str(reason)) from None


def _source_type(asset: Asset) -> str:
    """What a person wrote on: a model's words stay in it."""
    before = str(asset.provenance.get("source_type") or "")
    return source_type(model="any", uses_other_media=True) if before == MADE else before


def _invalid(words: str) -> InvalidInputs:
    return InvalidInputs.at("text", words)


def _scratch() -> Path:
    base = Path(settings.SCRATCH)
    base.mkdir(parents=True, exist_ok=True)
    return base

"""A review as a PDF: what was asked, each asset with its pinned comments and verdicts, and what was picked.

Written in a bounded child each time it is asked for: it opens pictures, and the web process has other things to do.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import uuid
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db.models import Q
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from studio.gallery import bounded, storage
from studio.gallery.models import Asset, Medium
from studio.problems import Unsupported
from studio.review import pins
from studio.review.actions import asked_people
from studio.review.models import Comment, Decision, Item, Pick, Review, State
from studio.teams.models import User

LIMITS = bounded.Limits(memory=2 << 30, cpu_s=240, wall_s=300)
MOST_TEXT = 6000  # characters of a written asset that are shown

Line = tuple[str, str]
"""(style, words): the styles are those of report_child.py."""


def written(review: Review) -> BinaryIO:
    """The PDF, open for reading; its bytes are gone once it is closed. Raises Unsupported where it cannot be made."""
    base = Path(settings.SCRATCH)
    base.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="report-", dir=base))
    try:
        out, data = folder / "out.pdf", folder / "data.json"
        data.write_text(json.dumps(content(review, folder)), encoding="utf-8")
        found = bounded.run(
            "studio.review.report_child", {"data": str(data), "out": str(out)}, LIMITS, folder
        )
        if found is None or "pages" not in found:
            raise Unsupported(_("The report could not be written within the limits for one file."))
        return out.open("rb")
    except bounded.TookTooLong:
        raise Unsupported(_("The report takes longer to write than one file may take.")) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def content(review: Review, folder: Path) -> dict[str, Any]:
    """{title, lines, sections: [{title, picture, pins, lines}], footer}, all in words; see report_child.py."""
    items = list(review.items.select_related("asset", "asset__author").order_by("position"))
    decisions: dict[uuid.UUID, list[Decision]] = defaultdict(list)
    for row in Decision.objects.filter(item__in=items).select_related("user").order_by("pk"):
        decisions[row.item_id].append(row)
    picked: dict[uuid.UUID, list[User]] = defaultdict(list)
    for pick in Pick.objects.filter(item__in=items).select_related("user").order_by("pk"):
        picked[pick.item_id].append(pick.user)
    comments: dict[uuid.UUID, list[Comment]] = defaultdict(list)
    about = Q(review=review) | Q(asset__in=[item.asset for item in items])
    stacks = [item.asset.stack for item in items]
    for said in (
        Comment.objects.filter(about, asset__stack__in=stacks)
        .select_related("author", "asset", "resolved_by")
        .order_by("pk")
    ):
        comments[said.asset.stack].append(said)
    sections = [
        _section(review, item, decisions[item.pk], picked[item.pk], comments[item.asset.stack], folder)
        for item in items
    ]
    return {
        "title": review.title,
        "lines": _head(review, items, picked),
        "sections": sections,
        "footer": _("%(title)s, as it stood on %(when)s")
        % {"title": review.title, "when": _when(timezone.now())},
        "page": _("Page"),
    }


def _head(review: Review, items: list[Item], picked: dict[uuid.UUID, list[User]]) -> list[Line]:
    asked = _("Asked by %(who)s on %(when)s") % {
        "who": review.author.name if review.author else _("a former member"),
        "when": _when(review.created_at),
    }
    lines: list[Line] = [("quiet", asked)]
    people = asked_people(review)
    lines.append(("quiet", _("Who is asked: %(names)s") % {"names": ", ".join(one.name for one in people)}))
    if review.due_at:
        lines.append(("quiet", _("Due: %(when)s") % {"when": _when(review.due_at)}))
    if review.closed_at:
        lines.append(("quiet", _("Closed on %(when)s") % {"when": _when(review.closed_at)}))
    if review.note:
        lines.append(("body", review.note))
    if review.kind == Review.Kind.PICK:
        ranked = sorted(items, key=lambda item: (-len(picked[item.pk]), item.position))
        lines.append(("heading", _("Results")))
        lines += [
            ("body", _("%(n)s of %(all)s picked %(position)s, %(title)s") % {
                "n": len(picked[item.pk]), "all": len(people), "position": item.position,
                "title": item.asset.title or _("Untitled"),
            })
            for item in ranked
        ]  # fmt: skip
    else:
        counts = [sum(item.state == state for item in items) for state in State]
        told = ", ".join(f"{state.label}: {n}" for state, n in zip(State, counts, strict=True) if n)
        lines.append(("strong", told))
    return lines


def _section(
    review: Review,
    item: Item,
    decisions: list[Decision],
    picked: list[User],
    comments: list[Comment],
    folder: Path,
) -> dict[str, Any]:
    asset = item.asset
    lines: list[Line] = []
    if review.kind == Review.Kind.PICK:
        names = ", ".join(user.name for user in picked)
        lines.append(
            ("strong", _("Picked by %(names)s") % {"names": names} if names else _("Picked by nobody"))
        )
    else:
        lines.append(("strong", str(State(item.state).label)))
    made = _("by %(who)s, %(when)s") % {
        "who": asset.author.name if asset.author else _("a former member"),
        "when": _when(asset.created_at),
    }
    lines.append(("quiet", made))
    if asset.prompt:
        lines.append(("quiet", asset.prompt))
    if asset.medium == Medium.TEXT:
        lines.append(("body", asset.text[:MOST_TEXT]))
    lines += [("body", _verdict(row, asset)) for row in decisions]
    shown, places = _comments(asset, comments)
    return {
        "title": f"{item.position}. {asset.title or _('Untitled')}",
        "picture": _picture(asset, folder),
        "pins": places,
        "lines": lines + shown,
    }


def _verdict(row: Decision, asset: Asset) -> str:
    """Who decided what, when, and about which revision."""
    words = str(State(row.verdict).label) if row.verdict != State.WAITING else _("Verdict taken back")
    told = _("%(who)s: %(verdict)s, %(when)s") % {
        "who": row.user.name if row.user else _("a former member"),
        "verdict": words,
        "when": _when(row.at),
    }
    if row.asset_id != asset.pk:
        told = _("%(told)s (on an earlier revision)") % {"told": told}
    return f"{told}\n{row.note}" if row.note else told


def _comments(asset: Asset, comments: list[Comment]) -> tuple[list[Line], list[dict[str, Any]]]:
    """The comments with their replies, numbered, and the places to draw into the picture."""
    lines: list[Line] = []
    places: list[dict[str, Any]] = []
    replies: dict[uuid.UUID, list[Comment]] = defaultdict(list)
    for row in comments:
        if row.reply_to_id:
            replies[row.reply_to_id].append(row)
    top = [row for row in comments if row.reply_to_id is None]
    for number, row in enumerate(top, 1):
        about = [_by(row)]
        if where := pins.in_words(row.pin):
            about.append(where)
        if row.asset_id != asset.pk:
            about.append(_("on an earlier revision"))
        if row.resolved_at:
            about.append(
                _("resolved by %(who)s")
                % {"who": row.resolved_by.name if row.resolved_by else _("a former member")}
            )
        lines.append(("comment", f"{number}  " + ", ".join(about)))
        lines.append(("said", row.text))
        for reply in replies[row.pk]:
            lines += [("replied", _by(reply)), ("reply", reply.text)]
        if row.pin and row.pin["kind"] in {"point", "box", "line"} and (
            row.asset_id == asset.pk or row.resolved_at is None
        ):  # fmt: skip
            places.append({"number": number, "pin": row.pin})
    return lines, places


def _by(row: Comment) -> str:
    who = row.author.name if row.author else row.guest or _("a former member")
    return f"{who}, {_when(row.created_at)}"


def _when(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "j M Y, H:i e")


def _picture(asset: Asset, folder: Path) -> str | None:
    """The path of the asset's preview, or a copy of it where the storage has no local files."""
    digest = asset.preview_id or asset.thumbnail_id
    if digest is None:
        return None
    store = storage.current()
    there = store.path(digest)
    if there is not None:
        return str(there.resolve())
    copy = folder / f"picture-{asset.pk}"
    with store.open(digest) as read, copy.open("wb") as write:
        shutil.copyfileobj(read, write)
    return str(copy)
